import type { ActionRequest } from '../domain/action.ts';
import { isSessionOfRole, principalName } from '../domain/change.ts';
import type { Command, CommandResult } from '../domain/command.ts';
import { ChannelRefused } from '../domain/errors.ts';
import type { Caller, Person } from '../domain/identity.ts';
import type { Action } from '../domain/message.ts';
import type { People } from '../domain/policy.ts';
import { principalMay, slackGroupsAllowed, slackUserMay } from '../policy/people.ts';
import { refuse } from '../workflows/common/refuse.ts';
import type { ActionRequestCell } from './action-request.ts';

/** Whether a press is allowed; else why not, in words that follow "Nothing was done: ". */
export type Permission = { readonly kind: 'allowed' } | { readonly kind: 'not-allowed'; readonly because: string };

const ALLOWED: Permission = { kind: 'allowed' };

function notAllowed(because: string): Permission {
  return { kind: 'not-allowed', because };
}

/** What Amazon Q may do, where the policy lets anybody do it: it does not say who pressed. */
const ALLOWED_THROUGH_AMAZON_Q: ReadonlySet<Action> = new Set(['acknowledge', 'decline']);

function amazonQPermission({ action }: ActionRequest, { people }: ActionRequestCell): Permission {
  if (!ALLOWED_THROUGH_AMAZON_Q.has(action))
    return notAllowed(`Amazon Q does not say who asks, so that it cannot ${action}`);
  return people.may.some(({ actions }) => actions.includes(action))
    ? ALLOWED
    : notAllowed(`the policy lets nobody ${action} (people.may)`);
}

/** A user group whose members Slack does not tell. */
interface UnreadableGroup {
  readonly group: string;
  readonly refusal: ChannelRefused;
}

/** The first user group that lets the person do it, and the groups before it whose members Slack does not tell. */
async function memberGroups(
  user: string,
  action: Action,
  { people, ports }: ActionRequestCell,
): Promise<{ readonly groups: readonly string[]; readonly unknown: readonly UnreadableGroup[] }> {
  const unknown: UnreadableGroup[] = [];
  for (const group of slackGroupsAllowed(people, action)) {
    try {
      if (await ports.userGroups.hasMember(group, user)) return { groups: [group], unknown };
    } catch (error) {
      if (!(error instanceof ChannelRefused)) throw error;
      unknown.push({ group, refusal: error });
    }
  }
  return { groups: [], unknown };
}

function unreadableGroupsText(unknown: readonly UnreadableGroup[]): string {
  const groups = unknown.map(({ group, refusal }) => `${group} (${refusal.code})`).join(', ');
  return `Slack does not say who is in ${groups}. Check people.may in the policy, and that the app has the scope usergroups:read`;
}

async function slackPermission({ by, action }: ActionRequest, cell: ActionRequestCell): Promise<Permission> {
  const { team, user = '' } = by;
  const { people } = cell;
  if (slackUserMay(people, { team, user, groups: [] }, action)) return ALLOWED;
  // A person of another workspace may in no group, so Slack is not asked.
  if (!slackUserMay(people, { team, user, groups: slackGroupsAllowed(people, action) }, action))
    return notAllowed(`the policy does not let ${user} of ${team ?? 'no workspace'} ${action} (people.may)`);
  const { groups, unknown } = await memberGroups(user, action, cell);
  if (slackUserMay(people, { team, user, groups }, action)) return ALLOWED;
  const later = unknown.find(({ refusal }) => refusal.retryable);
  if (later !== undefined) throw later.refusal;
  const because = `${user} is in no user group that the policy lets ${action} (people.may)`;
  return notAllowed(unknown.length === 0 ? because : `${because}, and ${unreadableGroupsText(unknown)}`);
}

/**
 * Whether the person who pressed may. A user group whose members Slack does not tell, such as a deleted one, lets nobody in; the other
 * groups still count.
 *
 * @throws ChannelRefused where no other group lets the person in and Slack may tell later.
 */
export async function checkPermission(press: ActionRequest, cell: ActionRequestCell): Promise<Permission> {
  return press.by.through === 'amazon-q' ? amazonQPermission(press, cell) : await slackPermission(press, cell);
}

/** Who is let in. */
export interface AuthorizationRules {
  readonly people: People;
  /** ARN of the role of the function that takes presses; absent: there are no buttons. */
  readonly actionRole: string | undefined;
}

/** A command of somebody: all but what other functions of the cell hand on, and lists. */
type PersonalCommand = Extract<Command, { readonly by: Person }>;

/** A command that may be obeyed, in the name of whoever it is proven to be; or why not. */
export type Authorization =
  | { readonly kind: 'admitted'; readonly command: Command }
  | { readonly kind: 'refused'; readonly result: CommandResult };

function refused(...because: readonly string[]): Authorization {
  return { kind: 'refused', result: refuse(...because) };
}

/** What the policy has to let somebody do, for each command. */
const REQUIRED_ACTIONS = {
  restore: ['restore'],
  'roll-back': ['restore'],
  'leave-open': ['exempt'],
  exempt: ['exempt'],
  renew: ['exempt'],
  'end-exemption': ['exempt'],
  release: ['approve'],
  'resume-budget': ['approve'],
  decline: ['decline'],
  acknowledge: ['acknowledge'],
} as const satisfies Readonly<Record<PersonalCommand['do'], readonly Action[]>>;

function requiredActions(command: PersonalCommand): readonly Action[] {
  return command.do === 'restore' && command.exempt !== undefined
    ? ['restore', 'exempt']
    : REQUIRED_ACTIONS[command.do];
}

function authorizedAs(command: PersonalCommand, by: Person): Authorization {
  return { kind: 'admitted', command: { ...command, by } };
}

/** The function that takes presses has verified them and asked the policy who may; nobody else may say that there was one. */
function authorizeButton(command: PersonalCommand, caller: Caller, { actionRole }: AuthorizationRules): Authorization {
  const { name, through, slackUser } = command.by;
  if (actionRole === undefined) return refused('there are no buttons here, so that nobody can have pressed one');
  if (caller.kind !== 'proven' || !isSessionOfRole(actionRole, caller.arn))
    return refused('only the function that takes presses may say that somebody pressed a button, and this is not it');
  return authorizedAs(command, { name, verified: true, through, ...(slackUser !== undefined && { slackUser }) });
}

function authorizePerson(command: PersonalCommand, caller: Caller, { people }: AuthorizationRules): Authorization {
  if (caller.kind !== 'proven') {
    if (people.may.length === 0) return { kind: 'admitted', command };
    return refused(
      'the policy says who may ask for what (people.may), and the command came without a proof of who asks: use the portcullis command line of the same version',
    );
  }
  const { arn } = caller;
  const lacking = requiredActions(command).filter((action) => !principalMay(people, arn, action));
  if (lacking.length > 0) return refused(`the policy does not let ${arn} ${lacking.join(' and ')} (people.may)`);
  return authorizedAs(command, { name: principalName(arn), arn, verified: true, through: command.by.through });
}

/**
 * Whether a command is obeyed, by who sent it: what it says itself of who asks counts only where the policy names nobody, and never against
 * a proof.
 */
export function authorize(command: Command, caller: Caller, gate: AuthorizationRules): Authorization {
  if (caller.kind === 'false') return refused(`${caller.because}: nothing was done`);
  if (!('by' in command)) return { kind: 'admitted', command };
  return command.by.through === 'button'
    ? authorizeButton(command, caller, gate)
    : authorizePerson(command, caller, gate);
}
