import { ChannelRefused } from '../model/errors.ts';
import type { Clock } from '../model/ports.ts';
import type { UserGroups } from '../model/press.ts';
import { type SlackAccess, slackCaller } from './slack.ts';

/** How long the members of a group are believed, ms. Who was taken out of it can press for so long. */
const FRESH_MS = 60_000;

interface Known {
  readonly users: readonly string[];
  readonly at: number;
}

const usersIn = (users: unknown): readonly string[] => {
  if (!Array.isArray(users)) throw new ChannelRefused('slack', 'unreadable_answer', true);
  return users.filter((user): user is string => typeof user === 'string');
};

/**
 * Slack's user groups, each asked about at most once a minute. A bot needs the scope `usergroups:read`. The method takes a form, not JSON.
 *
 * @see https://docs.slack.dev/reference/methods/usergroups.users.list
 */
export const slackUserGroups = (access: () => Promise<SlackAccess>, clock: Pick<Clock, 'now'>): UserGroups => {
  const known = new Map<string, Known>();
  return {
    async members(group) {
      const now = clock.now();
      const before = known.get(group);
      if (before !== undefined && now - before.at < FRESH_MS) return before.users;
      const call = slackCaller(await access());
      const { users } = await call('usergroups.users.list', new URLSearchParams({ usergroup: group }));
      const read = { users: usersIn(users), at: now };
      known.set(group, read);
      return read.users;
    },
  };
};
