import type { Action, ActionPermission } from '../domain/action.ts';
import { type Actor, matchesActor, principalName } from '../domain/change.ts';
import type { Person } from '../domain/identity.ts';
import type { People } from '../domain/policy.ts';

/** Somebody at a button, as Slack's signature and its list of user groups prove it. */
export interface SlackUser {
  /** `T…` */
  readonly team: string | undefined;
  /** `U…` or `W…` */
  readonly user: string;
  /** User groups that the person is in, `S…`. */
  readonly groups: readonly string[];
}

function permitsTo({ may }: People, action: Action): readonly ActionPermission[] {
  return may.filter(({ actions }) => actions.includes(action));
}

/** Whether somebody may press the button of an action. Nobody may where the policy says nothing. */
export function slackUserMay(people: People, { team, user, groups }: SlackUser, action: Action): boolean {
  return (
    (people.slackTeam === undefined || people.slackTeam === team) &&
    permitsTo(people, action).some(
      ({ slackUsers, slackGroups }) => slackUsers.includes(user) || slackGroups.some((group) => groups.includes(group)),
    )
  );
}

/** User groups whose members may do an action: the ones to ask Slack about. */
export function slackGroupsAllowed(people: People, action: Action): readonly string[] {
  return [...new Set(permitsTo(people, action).flatMap(({ slackGroups }) => slackGroups))];
}

/** A name in AWS, of a user or a session. Addresses are not told apart by their capitals. */
function nameIn({ arn, name }: Pick<Actor, 'arn' | 'name'>): string | undefined {
  return (arn === undefined ? name : principalName(arn))?.toLowerCase();
}

/**
 * Whether the person who asks is the one who made a change, by what identifies them: the ARN, or the name of the session (with single
 * sign-on, the person's address) or of the user, whatever the role. A person in Slack counts by `awsNames`. Undefined: nobody can tell.
 */
export function isSamePerson(
  { arn, slackUser }: Pick<Person, 'arn' | 'slackUser'>,
  actor: Pick<Actor, 'arn' | 'name'>,
  { awsNames = {} }: Pick<People, 'awsNames'>,
): boolean | undefined {
  const known = slackUser !== undefined && Object.hasOwn(awsNames, slackUser) ? awsNames[slackUser] : undefined;
  const asks = arn === undefined ? known?.toLowerCase() : nameIn({ arn });
  const made = nameIn(actor);
  return asks === undefined || made === undefined ? undefined : asks === made;
}

/**
 * Whether a principal may ask for an action. Where the policy says nothing everybody may who may invoke the function that grants; else
 * only those it names, so that a list of people in Slack alone leaves nobody at the command line.
 *
 * @param arn of a user, a role, or a role's session, which counts by its role, too.
 */
export function principalMay(people: People, arn: string, action: Action): boolean {
  return (
    people.may.length === 0 ||
    permitsTo(people, action).some(({ principals }) => principals.some((pattern) => matchesActor(pattern, { arn })))
  );
}
