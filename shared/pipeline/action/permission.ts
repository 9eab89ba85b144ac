import { ChannelRefused } from '../../model/errors.ts';
import type { Action } from '../../model/message.ts';
import type { Press } from '../../model/press.ts';
import { groupsThatMay, mayPress } from '../../policy/people.ts';
import type { PressCell } from './cell.ts';

/** Whether a press is allowed; else why not, in words that follow "Nothing was done: ". */
export type Permission = { readonly kind: 'allowed' } | { readonly kind: 'not-allowed'; readonly because: string };

const ALLOWED: Permission = { kind: 'allowed' };

const notAllowed = (because: string): Permission => ({ kind: 'not-allowed', because });

/** What Amazon Q may do, where the policy lets anybody do it: it does not say who pressed. */
const FOR_ANYBODY: ReadonlySet<Action> = new Set(['acknowledge', 'decline']);

const throughChat = ({ action }: Press, { people }: PressCell): Permission => {
  if (!FOR_ANYBODY.has(action)) return notAllowed(`Amazon Q does not say who asks, so that it cannot ${action}`);
  return people.may.some(({ actions }) => actions.includes(action))
    ? ALLOWED
    : notAllowed(`the policy lets nobody ${action} (people.may)`);
};

/** User groups that let the person do it, as Slack tells their members. One will do. Throws ChannelRefused. */
const groupsOf = async (user: string, action: Action, { people, ports }: PressCell): Promise<readonly string[]> => {
  for (const group of groupsThatMay(people, action))
    if ((await ports.userGroups.members(group)).includes(user)) return [group];
  return [];
};

const throughSlack = async ({ by, action }: Press, cell: PressCell): Promise<Permission> => {
  const { team, user = '' } = by;
  const { people } = cell;
  if (mayPress(people, { team, user, groups: [] }, action)) return ALLOWED;
  // A person of another workspace may in no group, so Slack is not asked.
  if (!mayPress(people, { team, user, groups: groupsThatMay(people, action) }, action))
    return notAllowed(`the policy does not let ${user} of ${team ?? 'no workspace'} ${action} (people.may)`);
  const groups = await groupsOf(user, action, cell);
  return mayPress(people, { team, user, groups }, action)
    ? ALLOWED
    : notAllowed(`${user} is in no user group that the policy lets ${action} (people.may)`);
};

/**
 * Whether whoever pressed may. Where Slack will not say who is in a user group, nobody may by it.
 *
 * @throws ChannelRefused where Slack may say so later.
 */
export const permissionOf = async (press: Press, cell: PressCell): Promise<Permission> => {
  if (press.by.through === 'amazon-q') return throughChat(press, cell);
  try {
    return await throughSlack(press, cell);
  } catch (error) {
    if (!(error instanceof ChannelRefused) || error.retryable) throw error;
    return notAllowed(
      `Slack does not say who is in its user groups (${error.code}): is usergroups:read among the app's scopes?`,
    );
  }
};
