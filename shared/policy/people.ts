import type { Action, ActionPermission } from '../domain/action.ts';
import { type Actor, matchesActor, principalName } from '../domain/change.ts';
import type { Person } from '../domain/identity.ts';
import type { People } from '../domain/policy.ts';

/** A Slack user, verified by Slack's signature and its list of user groups. */
export interface SlackUser {
  /** `T…` */
  readonly team: string | undefined;
  /** `U…` or `W…` */
  readonly user: string;
  /** User groups of the user, `S…`. */
  readonly groups: readonly string[];
}

/** Whether a Slack user may use the button of an action. Nobody may if the policy has no section `people`. */
export function slackUserMay(people: People, { team, user, groups }: SlackUser, action: Action): boolean {
  return (
    (people.slackTeam === undefined || people.slackTeam === team) &&
    permitsTo(people, action).some(
      ({ slackUsers, slackGroups }) => slackUsers.includes(user) || slackGroups.some((group) => groups.includes(group)),
    )
  );
}

function permitsTo({ may }: People, action: Action): readonly ActionPermission[] {
  return may.filter(({ actions }) => actions.includes(action));
}

/** Slack user groups whose members may request an action. */
export function slackGroupsAllowed(people: People, action: Action): readonly string[] {
  return [...new Set(permitsTo(people, action).flatMap(({ slackGroups }) => slackGroups))];
}

/**
 * Whether a person made a change. Compares the name of the AWS user or session, whatever the role. With
 * single sign-on, the session name is the person's email address. `awsNames` maps a Slack user to such a
 * name. Undefined if a name is missing.
 */
export function isSamePerson(
  { arn, slackUser }: Pick<Person, 'arn' | 'slackUser'>,
  actor: Pick<Actor, 'arn' | 'name'>,
  { awsNames = {} }: Pick<People, 'awsNames'>,
): boolean | undefined {
  const known = slackUser !== undefined && Object.hasOwn(awsNames, slackUser) ? awsNames[slackUser] : undefined;
  const requester = arn === undefined ? known?.toLowerCase() : nameIn({ arn });
  const author = nameIn(actor);
  return requester === undefined || author === undefined ? undefined : requester === author;
}

/** The name of an AWS user or session in lower case, because email addresses are not case-sensitive. */
function nameIn({ arn, name }: Pick<Actor, 'arn' | 'name'>): string | undefined {
  return (arn === undefined ? name : principalName(arn))?.toLowerCase();
}

/**
 * Whether a principal may request an action at the command line. If the policy names nobody, every principal
 * that may invoke on-grant may. Otherwise only the principals that it names may: a list with only Slack users
 * allows nobody at the command line.
 *
 * @param arn of a user, a role or a role's session. A session also matches its role.
 */
export function principalMay(people: People, arn: string, action: Action): boolean {
  return (
    people.may.length === 0 ||
    permitsTo(people, action).some(({ principals }) => principals.some((pattern) => matchesActor(pattern, { arn })))
  );
}
