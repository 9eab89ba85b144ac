import { type Action, type ActionRequest, actionSpec, type UserGroups } from '../domain/action.ts';
import { isSessionOfRole, principalName } from '../domain/change.ts';
import { type AnswerCommand, type Command, type CommandResult, isAnswerCommand } from '../domain/command.ts';
import { ChannelRefused } from '../domain/errors.ts';
import type { Caller, Person } from '../domain/identity.ts';
import type { People } from '../domain/policy.ts';
import { principalMay, slackGroupsAllowed, slackUserMay } from '../policy/people.ts';
import { refuse } from '../workflows/common/refuse.ts';

/** Whether an action is permitted. `because` completes the sentence "Nothing was done: …". */
export type Permission = { readonly kind: 'allowed' } | { readonly kind: 'not-allowed'; readonly because: string };

const ALLOWED: Permission = { kind: 'allowed' };

function notAllowed(because: string): Permission {
  return { kind: 'not-allowed', because };
}

/**
 * Whether the policy lets the requester do an action. If Slack does not name the members of a user group, for
 * example because the group was deleted, that group permits nobody, and the other groups still count.
 *
 * @throws ChannelRefused if no other group permits the action and a later call to Slack may succeed.
 */
export async function checkPermission(
  request: ActionRequest,
  people: People,
  userGroups: UserGroups,
): Promise<Permission> {
  return request.by.through === 'amazon-q'
    ? amazonQPermission(request.action, people)
    : await slackPermission(request, people, userGroups);
}

function amazonQPermission(action: Action, people: People): Permission {
  if (actionSpec(action).throughAmazonQ !== true)
    return notAllowed(`Amazon Q does not say who asks, so that it cannot ${action}`);
  return people.may.some(({ actions }) => actions.includes(action))
    ? ALLOWED
    : notAllowed(`the policy lets nobody ${action} (people.may)`);
}

async function slackPermission(
  { by, action }: ActionRequest,
  people: People,
  userGroups: UserGroups,
): Promise<Permission> {
  const { team, user = '' } = by;
  if (slackUserMay(people, { team, user, groups: [] }, action)) return ALLOWED;
  // If membership of every group would not help, for example in another workspace, do not call Slack.
  if (!slackUserMay(people, { team, user, groups: slackGroupsAllowed(people, action) }, action))
    return notAllowed(`the policy does not let ${user} of ${team ?? 'no workspace'} ${action} (people.may)`);
  const { groups, unreadable } = await memberGroups(user, slackGroupsAllowed(people, action), userGroups);
  if (slackUserMay(people, { team, user, groups }, action)) return ALLOWED;
  const temporary = unreadable.find(({ refusal }) => refusal.retryable);
  if (temporary !== undefined) throw temporary.refusal;
  const because = `${user} is in no user group that the policy lets ${action} (people.may)`;
  return notAllowed(unreadable.length === 0 ? because : `${because}, and ${unreadableText(unreadable)}`);
}

/** A user group whose members Slack does not name. */
interface UnreadableGroup {
  readonly group: string;
  readonly refusal: ChannelRefused;
}

/**
 * The first of the groups that has the user as a member, and the groups before it that Slack refused to list.
 */
async function memberGroups(
  user: string,
  candidates: readonly string[],
  userGroups: UserGroups,
): Promise<{ readonly groups: readonly string[]; readonly unreadable: readonly UnreadableGroup[] }> {
  const unreadable: UnreadableGroup[] = [];
  for (const group of candidates) {
    try {
      if (await userGroups.hasMember(group, user)) return { groups: [group], unreadable };
    } catch (error) {
      if (!(error instanceof ChannelRefused)) throw error;
      unreadable.push({ group, refusal: error });
    }
  }
  return { groups: [], unreadable };
}

function unreadableText(unreadable: readonly UnreadableGroup[]): string {
  const groups = unreadable.map(({ group, refusal }) => `${group} (${refusal.code})`).join(', ');
  return `Slack does not say who is in ${groups}. Check people.may in the policy, and that the app has the scope usergroups:read`;
}

/** Whose commands the function that grants carries out. */
export interface AuthorizationRules {
  readonly people: People;
  /** ARN of the role of the function that handles buttons; absent: the cell has no buttons. */
  readonly actionRole: string | undefined;
}

/** The command in the name of its verified sender, or the refusal. */
export type Authorization =
  | { readonly kind: 'admitted'; readonly command: Command }
  | { readonly kind: 'refused'; readonly result: CommandResult };

/** Commands that a person sends: all except lists and the commands of the cell's own functions. */
type PersonalCommand = Extract<Command, { readonly by: Person }>;

/**
 * Whether a command is carried out, by who sent it. The name inside a command counts only if the policy names
 * nobody and the command has no proof of identity.
 */
export function authorize(command: Command, caller: Caller, rules: AuthorizationRules): Authorization {
  if (caller.kind === 'false') return refused(`${caller.because}: nothing was done`);
  if (!('by' in command)) return { kind: 'admitted', command };
  return command.by.through === 'button'
    ? authorizeButton(command, caller, rules)
    : authorizePerson(command, caller, rules);
}

/**
 * The function that handles buttons has verified the person and checked the policy. Nobody else may claim a
 * button press.
 */
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

/** The permissions for each command that is not an action of the same name. */
const REQUIRED_ACTIONS = {
  restore: ['restore'],
  'roll-back': ['restore'],
  'leave-open': ['exempt'],
  exempt: ['exempt'],
  renew: ['exempt'],
  'end-exemption': ['exempt'],
  'resume-budget': ['approve'],
} as const satisfies Readonly<Record<Exclude<PersonalCommand, AnswerCommand>['do'], readonly Action[]>>;

function requiredActions(command: PersonalCommand): readonly Action[] {
  if (isAnswerCommand(command)) return [command.do];
  return command.do === 'restore' && command.exempt !== undefined
    ? ['restore', 'exempt']
    : REQUIRED_ACTIONS[command.do];
}

function authorizedAs(command: PersonalCommand, by: Person): Authorization {
  return { kind: 'admitted', command: { ...command, by } };
}

function refused(...because: readonly string[]): Authorization {
  return { kind: 'refused', result: refuse(...because) };
}
