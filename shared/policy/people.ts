import type { Action } from '../model/message.ts';
import type { People } from '../model/policy.ts';
import type { Permit } from '../model/press.ts';
import { namesActor } from '../model/principal.ts';

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

/**
 * Whether a principal may ask for an action. Where the policy says nothing everybody may who may invoke the function that grants; else
 * only those it names, so that a list of people in Slack alone leaves nobody at the command line.
 *
 * @param arn of a user, a role, or a role's session, which counts by its role, too.
 */
export const mayAsk = (people: People, arn: string, action: Action): boolean =>
  people.may.length === 0 ||
  permitsTo(people, action).some(({ principals }) => principals.some((pattern) => namesActor(pattern, { arn })));
