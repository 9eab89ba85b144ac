import type { Actor } from '../domain/change.ts';
import type { People } from '../domain/controls/policy.ts';
import type { Action } from '../domain/notifications/message.ts';
import type { Person } from '../domain/requests/person.ts';
import type { Permit } from '../domain/requests/press.ts';
import { namesActor, principalName } from '../domain/requests/principal.ts';

/** Somebody at a button, as Slack's signature and its list of user groups prove it. */
export interface SlackPerson {
  /** `T…` */
  readonly team: string | undefined;
  /** `U…` or `W…` */
  readonly user: string;
  /** User groups that the person is in, `S…`. */
  readonly groups: readonly string[];
}

const permitsTo = ({ may }: People, action: Action): readonly Permit[] =>
  may.filter(({ actions }) => actions.includes(action));

/** Whether somebody may press the button of an action. Nobody may where the policy says nothing. */
export const mayPress = (people: People, { team, user, groups }: SlackPerson, action: Action): boolean =>
  (people.slackTeam === undefined || people.slackTeam === team) &&
  permitsTo(people, action).some(
    ({ slackUsers, slackGroups }) => slackUsers.includes(user) || slackGroups.some((group) => groups.includes(group)),
  );

/** User groups whose members may do an action: the ones to ask Slack about. */
export const groupsThatMay = (people: People, action: Action): readonly string[] => [
  ...new Set(permitsTo(people, action).flatMap(({ slackGroups }) => slackGroups)),
];

/** A name in AWS, of a user or a session. Addresses are not told apart by their capitals. */
const nameIn = ({ arn, name }: Pick<Actor, 'arn' | 'name'>): string | undefined =>
  (arn === undefined ? name : principalName(arn))?.toLowerCase();

/**
 * Whether the person who asks is the one who made a change, by what identifies them: the ARN, or the name of the session (with single
 * sign-on, the person's address) or of the user, whatever the role. A person in Slack counts by `awsNames`. Undefined: nobody can tell.
 */
export const isSamePerson = (
  { arn, slackUser }: Pick<Person, 'arn' | 'slackUser'>,
  actor: Pick<Actor, 'arn' | 'name'>,
  { awsNames = {} }: Pick<People, 'awsNames'>,
): boolean | undefined => {
  const known = slackUser !== undefined && Object.hasOwn(awsNames, slackUser) ? awsNames[slackUser] : undefined;
  const asks = arn === undefined ? known?.toLowerCase() : nameIn({ arn });
  const made = nameIn(actor);
  return asks === undefined || made === undefined ? undefined : asks === made;
};

/**
 * Whether a principal may ask for an action. Where the policy says nothing everybody may who may invoke the function that grants; else
 * only those it names, so that a list of people in Slack alone leaves nobody at the command line.
 *
 * @param arn of a user, a role, or a role's session, which counts by its role, too.
 */
export const mayAsk = (people: People, arn: string, action: Action): boolean =>
  people.may.length === 0 ||
  permitsTo(people, action).some(({ principals }) => principals.some((pattern) => namesActor(pattern, { arn })));
