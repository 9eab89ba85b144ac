import type { UserGroups } from '../../../domain/action.ts';
import { ChannelRefused } from '../../../domain/errors.ts';
import type { Clock } from '../../../domain/runtime.ts';
import { type SlackAccess, slackCaller } from './api.ts';

/**
 * Slack's user groups, with a cache; create one for each container. Slack allows about 20 calls of this
 * method a minute, for all groups together. After a temporary refusal (such as 429), waits until Slack
 * accepts calls again and uses the last list meanwhile. The bot needs the scope `usergroups:read`. The method
 * accepts a form, not JSON.
 *
 * @see https://docs.slack.dev/reference/methods/usergroups.users.list
 */
export function slackUserGroups(access: () => Promise<SlackAccess>, clock: Pick<Clock, 'now' | 'sleep'>): UserGroups {
  const known = new Map<string, CachedGroup>();
  const ask = memberLoader(access, clock);
  const slack = pauseGate(clock);

  const asked = async (group: string): Promise<CachedGroup> => {
    const call = async () => await ask(group);
    const first = slack.isPaused() ? slack.patiently(call) : slack.once(call);
    const answer = await first.catch(async (error: unknown) => {
      if (known.has(group) || !isRetryable(error)) throw error;
      return await slack.patiently(call);
    });
    known.set(group, answer);
    return answer;
  };

  return {
    async hasMember(group, user) {
      const last = known.get(group);
      if (last === undefined) return isMember(await asked(group), user);
      const age = clock.now() - last.at;
      const isUsable = age < STALE_TTL_MS;
      if (isFresh(last, user, clock.now()) || (isUsable && slack.isPaused())) return isMember(last, user);
      try {
        return isMember(await asked(group), user);
      } catch (error) {
        if (isUsable && isRetryable(error)) return isMember(last, user);
        throw error;
      }
    },
  };
}

/**
 * How long a cached list permits its members, ms. Somebody who leaves the group keeps the permission for this
 * time.
 */
const MEMBER_TTL_MS = 60_000;

/**
 * How long a cached list refuses people who are not in it, ms. Somebody who joins the group waits for at most
 * this time.
 */
const NON_MEMBER_TTL_MS = 300_000;

/**
 * How long a cached list is used while Slack refuses temporarily, ms. Anybody can cause such refusals by
 * pressing buttons.
 */
const STALE_TTL_MS = 900_000;

/** Longest wait for Slack to accept calls again, ms. Lambda retries a minute later. */
const MAX_WAIT_MS = 10_000;

/** Pause if Slack's refusal has no `Retry-After`, ms. */
const DEFAULT_PAUSE_MS = 3000;

/** Slack's last response about one group: its members, or a permanent refusal. */
interface CachedGroup {
  readonly members: readonly string[] | ChannelRefused;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

function parseUsers(users: unknown): readonly string[] {
  if (!Array.isArray(users)) throw new ChannelRefused('slack', 'unreadable_answer', true);
  return users.filter((user): user is string => typeof user === 'string');
}

function isMember({ members: said }: CachedGroup, user: string): boolean {
  if (said instanceof ChannelRefused) throw said;
  return said.includes(user);
}

/** Whether the cached response is recent enough for this user. */
function isFresh({ members: said, at }: CachedGroup, user: string, now: number): boolean {
  const isIn = !(said instanceof ChannelRefused) && said.includes(user);
  return now - at < (isIn || said instanceof ChannelRefused ? MEMBER_TTL_MS : NON_MEMBER_TTL_MS);
}

/** Keeps the pause that Slack requests. */
function pauseGate(clock: Pick<Clock, 'now' | 'sleep'>) {
  let last: { readonly refusal: ChannelRefused; readonly until: number } | undefined;

  const once = async <T>(call: () => Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (error) {
      if (error instanceof ChannelRefused && error.retryable)
        last = { refusal: error, until: clock.now() + (error.retryAfterMs ?? DEFAULT_PAUSE_MS) };
      throw error;
    }
  };

  return {
    isPaused: () => last !== undefined && last.until > clock.now(),
    once,
    /** Waits until Slack takes calls again. Throws Slack's refusal where that takes too long. */
    async patiently<T>(call: () => Promise<T>): Promise<T> {
      const waitMs = (last?.until ?? 0) - clock.now();
      if (last !== undefined && waitMs > MAX_WAIT_MS) throw last.refusal;
      if (waitMs > 0) await clock.sleep(waitMs);
      return await once(call);
    },
  };
}

function isRetryable(error: unknown): boolean {
  return error instanceof ChannelRefused && error.retryable;
}

/**
 * Loads the members of groups from Slack, with one concurrent call for each group. Returns a permanent
 * refusal as a result.
 */
function memberLoader(access: () => Promise<SlackAccess>, { now }: Pick<Clock, 'now'>) {
  const begun = new Map<string, Promise<CachedGroup>>();
  const call = async (group: string): Promise<CachedGroup> => {
    try {
      const ask = slackCaller(await access());
      const { users } = await ask('usergroups.users.list', new URLSearchParams({ usergroup: group }));
      return { members: parseUsers(users), at: now() };
    } catch (error) {
      if (!(error instanceof ChannelRefused) || error.retryable) throw error;
      return { members: error, at: now() };
    }
  };
  return async (group: string): Promise<CachedGroup> => {
    const answer = begun.get(group) ?? call(group).finally(() => begun.delete(group));
    begun.set(group, answer);
    return await answer;
  };
}
