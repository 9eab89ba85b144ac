import type { Plan } from '../../domain/decision.ts';
import type { Message } from '../../domain/notifications/message.ts';
import { remediationId } from '../../domain/remediation-id.ts';
import type { Tags } from '../../domain/rule.ts';
import { linksOf } from './links.ts';
import type { Place } from './place.ts';
import { controlsOf } from './reasons.ts';

/** What a message says of the case that it is about. */
type About = Pick<
  Message,
  'thread' | 'account' | 'accountAlias' | 'region' | 'group' | 'owner' | 'controls' | 'remediationId' | 'links'
>;

/** Who answers for a group: the first of the policy's tags that is set. */
const ownerOf = (tags: Tags, { settings }: Place): string | undefined =>
  settings.ownerTags.map((key) => tags[key]).find((value) => value !== undefined && value !== '');

/** The account's alias, where the account is the cell's own. */
export const aliasOf = (account: string, place: Place): Pick<Message, 'accountAlias'> =>
  place.accountAlias !== undefined && account === place.account ? { accountAlias: place.accountAlias } : {};

/** Messages about a group are one incident: `111122223333/eu-west-1/sg-0…`. */
export const groupThread = (account: string, region: string, groupId: string): string =>
  `${account}/${region}/${groupId}`;

/** Of a plan: its group, its place, its id, its controls and links. */
export const aboutPlan = (plan: Plan, place: Place): About => {
  const { account, region } = plan.change;
  const { group, because } = plan.decision;
  const owner = ownerOf(group.tags, place);
  return {
    thread: groupThread(account, region, group.id),
    account,
    ...aliasOf(account, place),
    region,
    group: {
      id: group.id,
      name: group.name,
      ...(group.vpcId !== undefined && { vpcId: group.vpcId }),
      tags: group.tags,
    },
    ...(owner !== undefined && { owner }),
    controls: controlsOf(because),
    remediationId: remediationId(plan),
    links: linksOf(plan, place),
  };
};
