import { ChannelRefused } from '../../domain/errors.ts';
import type { Clock } from '../../domain/ports.ts';
import type { UserGroups } from '../../domain/requests/press.ts';
import { type SlackAccess, slackCaller } from './slack.ts';

/** How long a list of members lets its members act, ms: a minute. Somebody who leaves the group can act for as long. */
const LETS_IN_MS = 60_000;

/** How long a list keeps out the people who are not in it, ms: five minutes. Somebody who joins the group waits for at most as long. */
const KEEPS_OUT_MS = 300_000;

/** How long a list is used while Slack refuses for now, ms: 15 minutes. Anybody can bring Slack to refuse: by pressing buttons. */
const WITHOUT_SLACK_MS = 900_000;

/** Longest time that one question waits until Slack takes calls again, ms. Lambda's own retry comes a minute later. */
const MOST_WAIT_MS = 10_000;

/** Pause where Slack does not say when it takes calls again, ms. */
const PAUSE_MS = 3000;

/** What Slack said last of one group: its members, or a refusal for good. */
interface Known {
  readonly said: readonly string[] | ChannelRefused;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

const usersIn = (users: unknown): readonly string[] => {
  if (!Array.isArray(users)) throw new ChannelRefused('slack', 'unreadable_answer', true);
  return users.filter((user): user is string => typeof user === 'string');
};

const membershipIn = ({ said }: Known, user: string): boolean => {
  if (said instanceof ChannelRefused) throw said;
  return said.includes(user);
};

/** Whether what is known of a group answers the question without another call. */
const isRecent = ({ said, at }: Known, user: string, now: number): boolean => {
  const isIn = !(said instanceof ChannelRefused) && said.includes(user);
  return now - at < (isIn || said instanceof ChannelRefused ? LETS_IN_MS : KEEPS_OUT_MS);
};

/** Calls that keep the pause for which Slack asks. */
const pausing = (clock: Pick<Clock, 'now' | 'sleep'>) => {
  let last: { readonly refusal: ChannelRefused; readonly until: number } | undefined;

  const once = async <T>(call: () => Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (error) {
      if (error instanceof ChannelRefused && error.retryable)
        last = { refusal: error, until: clock.now() + (error.retryAfterMs ?? PAUSE_MS) };
      throw error;
    }
  };

  return {
    isPaused: () => last !== undefined && last.until > clock.now(),
    once,
    /** Waits until Slack takes calls again. Throws Slack's refusal where that takes too long. */
    async patiently<T>(call: () => Promise<T>): Promise<T> {
      const waitMs = (last?.until ?? 0) - clock.now();
      if (last !== undefined && waitMs > MOST_WAIT_MS) throw last.refusal;
      if (waitMs > 0) await clock.sleep(waitMs);
      return await once(call);
    },
  };
};

const isForNow = (error: unknown): boolean => error instanceof ChannelRefused && error.retryable;

/** Asks Slack for the members of groups: side by side one call for each group. A refusal for good is an answer, too. */
const asker = (access: () => Promise<SlackAccess>, { now }: Pick<Clock, 'now'>) => {
  const begun = new Map<string, Promise<Known>>();
  const call = async (group: string): Promise<Known> => {
    try {
      const ask = slackCaller(await access());
      const { users } = await ask('usergroups.users.list', new URLSearchParams({ usergroup: group }));
      return { said: usersIn(users), at: now() };
    } catch (error) {
      if (!(error instanceof ChannelRefused) || error.retryable) throw error;
      return { said: error, at: now() };
    }
  };
  return async (group: string): Promise<Known> => {
    const answer = begun.get(group) ?? call(group).finally(() => begun.delete(group));
    begun.set(group, answer);
    return await answer;
  };
};

/**
 * Slack's user groups, with a cache: create one for each container. Slack allows about 20 calls of this method in a minute, for all
 * groups together. After a refusal for now (such as 429) no call is made until Slack takes calls again; meanwhile the last list counts.
 * A bot needs the scope `usergroups:read`. The method takes a form, not JSON.
 *
 * @see https://docs.slack.dev/reference/methods/usergroups.users.list
 */
export const slackUserGroups = (
  access: () => Promise<SlackAccess>,
  clock: Pick<Clock, 'now' | 'sleep'>,
): UserGroups => {
  const known = new Map<string, Known>();
  const ask = asker(access, clock);
  const slack = pausing(clock);

  const asked = async (group: string): Promise<Known> => {
    const call = async () => await ask(group);
    const first = slack.isPaused() ? slack.patiently(call) : slack.once(call);
    const answer = await first.catch(async (error: unknown) => {
      if (known.has(group) || !isForNow(error)) throw error;
      return await slack.patiently(call);
    });
    known.set(group, answer);
    return answer;
  };

  return {
    async holds(group, user) {
      const last = known.get(group);
      if (last === undefined) return membershipIn(await asked(group), user);
      const age = clock.now() - last.at;
      const isUsable = age < WITHOUT_SLACK_MS;
      if (isRecent(last, user, clock.now()) || (isUsable && slack.isPaused())) return membershipIn(last, user);
      try {
        return membershipIn(await asked(group), user);
      } catch (error) {
        if (isUsable && isForNow(error)) return membershipIn(last, user);
        throw error;
      }
    },
  };
};
