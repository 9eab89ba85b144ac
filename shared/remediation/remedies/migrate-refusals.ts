import type { Reference } from '../../domain/controls/facts.ts';
import type { Attachment, GroupIdentity } from '../../domain/group.ts';
import type { Rule } from '../../domain/rule.ts';
import { formatRule } from '../../network/text/format.ts';
import { MOST_TAGS } from './migrate-name.ts';
import { names, type Scene } from './migrate-scene.ts';

/** Interfaces on one page of EC2's answer: where there are so many, there may be more that are not seen. */
const MOST_INTERFACES = 1000;

const isPeered = ({ source }: Rule, { ownerId, vpcId }: GroupIdentity): boolean =>
  source.kind === 'group' &&
  (source.peeringId !== undefined ||
    (source.ownerId !== undefined && ownerId !== undefined && source.ownerId !== ownerId) ||
    (source.vpcId !== undefined && vpcId !== undefined && source.vpcId !== vpcId));

const ofPeers = ({ old, facts }: Scene): readonly string[] =>
  old.rules
    .filter(
      (rule) =>
        isPeered(rule, old) || (rule.source.kind === 'group' && facts.peers.get(rule.source.groupId) === 'foreign'),
    )
    .map(
      (rule) =>
        `${formatRule(rule)} names a group of another account or VPC: what names ${old.id} on the other side cannot be seen or edited from here; have that side admit addresses in place of the group, then remove the rule`,
    );

const ofOtherVpcs = ({ old, naming }: Scene): readonly string[] =>
  naming.flatMap(({ group }) =>
    group.rules
      .filter((rule) => names(rule, old.id) && (group.vpcId !== old.vpcId || isPeered(rule, group)))
      .map(
        (rule) =>
          `${formatRule(rule)} of ${group.id} in ${group.vpcId ?? 'no VPC'} names ${old.id} across a peering: have it admit addresses in its place`,
      ),
  );

/** Where new things would get the group from again, and the way out; undefined for a rule of another group, which can be rewritten. */
export const attachesAgain = ({ kind, id }: Reference, groupId: string): string | undefined => {
  switch (kind) {
    case 'launch-template':
      return `launch template ${id} names ${groupId} in its latest or default version, so that new instances, and those of its Auto Scaling groups, would get it again; make a version without it: aws ec2 create-launch-template-version --launch-template-id ${id} --source-version '$Latest' --launch-template-data …, then aws ec2 modify-launch-template --launch-template-id ${id} --default-version …`;
    case 'function':
      return `function ${id} is configured with ${groupId} and would attach it again: aws lambda update-function-configuration --function-name ${id} --vpc-config SubnetIds=…,SecurityGroupIds=…`;
    case 'vpc':
      return `a group in ${id} names ${groupId} across a peering or transit gateway and cannot be seen or edited from here: have it admit addresses in its place`;
    case 'group':
      return undefined;
    default:
      return kind satisfies never;
  }
};

/** Interfaces that cannot be told well enough to be changed. */
export const untold = (attachments: readonly Attachment[], groupId: string): readonly string[] => [
  ...(attachments.length >= MOST_INTERFACES
    ? [`${groupId} is on 1,000 interfaces or more, of which one look shows only so many: move some of them first`]
    : []),
  ...attachments
    .filter(({ groupIds }) => groupIds === undefined || !groupIds.includes(groupId))
    .map(({ interfaceId }) => `which groups ${interfaceId} is under is not known, so that it cannot be changed`),
];

const ofItself = ({ old }: Scene): readonly string[] => [
  ...(old.vpcId === undefined ? [`${old.id} is in no VPC: there is nothing to make a replacement in`] : []),
  ...(Object.keys(old.tags).length > MOST_TAGS - 2
    ? [`${old.id} has so many tags that the replacement's own two do not fit: EC2 allows ${MOST_TAGS}`]
    : []),
];

/** Every reason why the default group's members cannot be moved without somebody losing access, or would not stay moved. */
export const refusals = (scene: Scene): readonly string[] => [
  ...ofItself(scene),
  ...ofPeers(scene),
  ...ofOtherVpcs(scene),
  ...scene.facts.referencedBy.flatMap((reference) => attachesAgain(reference, scene.old.id) ?? []),
  ...untold(scene.facts.attachments, scene.old.id),
];
