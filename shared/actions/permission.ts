import { ChannelRefused } from '../domain/errors.ts';
import type { Action } from '../domain/notifications/message.ts';
import type { Press } from '../domain/requests/press.ts';
import { groupsThatMay, mayPress } from '../policy/people.ts';
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

/** A user group whose members Slack does not tell. */
interface Unknown {
  readonly group: string;
  readonly refusal: ChannelRefused;
}

/** The first user group that lets the person do it, and the groups before it whose members Slack does not tell. */
const membershipOf = async (
  user: string,
  action: Action,
  { people, ports }: PressCell,
): Promise<{ readonly groups: readonly string[]; readonly unknown: readonly Unknown[] }> => {
  const unknown: Unknown[] = [];
  for (const group of groupsThatMay(people, action)) {
    try {
      if (await ports.userGroups.holds(group, user)) return { groups: [group], unknown };
    } catch (error) {
      if (!(error instanceof ChannelRefused)) throw error;
      unknown.push({ group, refusal: error });
    }
  }
  return { groups: [], unknown };
};

const unknownText = (unknown: readonly Unknown[]): string => {
  const groups = unknown.map(({ group, refusal }) => `${group} (${refusal.code})`).join(', ');
  return `Slack does not say who is in ${groups}. Check people.may in the policy, and that the app has the scope usergroups:read`;
};

const throughSlack = async ({ by, action }: Press, cell: PressCell): Promise<Permission> => {
  const { team, user = '' } = by;
  const { people } = cell;
  if (mayPress(people, { team, user, groups: [] }, action)) return ALLOWED;
  // A person of another workspace may in no group, so Slack is not asked.
  if (!mayPress(people, { team, user, groups: groupsThatMay(people, action) }, action))
    return notAllowed(`the policy does not let ${user} of ${team ?? 'no workspace'} ${action} (people.may)`);
  const { groups, unknown } = await membershipOf(user, action, cell);
  if (mayPress(people, { team, user, groups }, action)) return ALLOWED;
  const later = unknown.find(({ refusal }) => refusal.retryable);
  if (later !== undefined) throw later.refusal;
  const because = `${user} is in no user group that the policy lets ${action} (people.may)`;
  return notAllowed(unknown.length === 0 ? because : `${because}, and ${unknownText(unknown)}`);
};

/**
 * Whether the person who pressed may. A user group whose members Slack does not tell, such as a deleted one, lets nobody in; the other
 * groups still count.
 *
 * @throws ChannelRefused where no other group lets the person in and Slack may tell later.
 */
export const permissionOf = async (press: Press, cell: PressCell): Promise<Permission> =>
  press.by.through === 'amazon-q' ? throughChat(press, cell) : await throughSlack(press, cell);
