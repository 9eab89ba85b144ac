import type { UserIdGroupPair } from '@aws-sdk/client-ec2';
import type { Source } from '../../../shared/domain/rule.ts';
import { AwsError, missingParameter } from './aws-error.ts';
import { requireGroupByName } from './find-group.ts';
import { rulesOf } from './find-rule.ts';
import { isUsableIn } from './group-associations.ts';
import { otherSide } from './peerings.ts';
import type { GroupRecord, PeeringRecord } from './records.ts';
import type { Region } from './region.ts';
import { GROUP, requireResource } from './resource-kinds.ts';

/**
 * Which groups a call may name as a source. `reachable`: EC2 adds a rule only if traffic can come from the group. `named`: a rule that is there
 * can be revoked though its source has been deleted, or the peering connection.
 */
export type SourceScope = 'reachable' | 'named';

type GroupSource = Extract<Source, { kind: 'group' }>;

/** An active peering connection of the VPC with the other one. */
function activePeering(region: Region, vpcId: string, isOther: (peering: PeeringRecord) => boolean) {
  return [...region.peerings.values()].find(
    (peering) => peering.status === 'active' && otherSide(peering, vpcId) !== undefined && isOther(peering),
  );
}

/** EC2's error for two groups whose VPCs no active peering connection joins. */
function differentNetworks(): AwsError {
  return new AwsError('InvalidGroup.NotFound', 'You have specified two resources that belong to different networks.');
}

/** A group of another account: EC2 admits one beyond an active peering connection of the VPC. */
function foreignSource(region: Region, group: GroupRecord, pair: UserIdGroupPair, scope: SourceScope): GroupSource {
  const { GroupId: groupId, UserId: ownerId, VpcId, VpcPeeringConnectionId } = pair;
  if (!groupId) throw missingParameter('groupId');
  const peering = activePeering(region, group.vpcId, (candidate) => {
    const beyond = otherSide(candidate, group.vpcId);
    return (
      beyond?.ownerId === ownerId &&
      (VpcId === undefined || beyond?.vpcId === VpcId) &&
      (VpcPeeringConnectionId === undefined || candidate.id === VpcPeeringConnectionId)
    );
  });
  if (!peering && scope === 'reachable') throw differentNetworks();
  const vpcId = VpcId ?? (peering && otherSide(peering, group.vpcId)?.vpcId);
  const peeringId = VpcPeeringConnectionId ?? peering?.id;
  return {
    kind: 'group',
    groupId,
    ...(ownerId === undefined ? {} : { ownerId }),
    ...(vpcId === undefined ? {} : { vpcId }),
    ...(peeringId === undefined ? {} : { peeringId }),
  };
}

function ownSource(region: Region, group: GroupRecord, named: GroupRecord): GroupSource {
  const source: GroupSource = { kind: 'group', groupId: named.id, ownerId: region.account.id };
  if (named.vpcId === group.vpcId) return source;
  const peering = activePeering(region, group.vpcId, (peer) => otherSide(peer, group.vpcId)?.vpcId === named.vpcId);
  if (peering) return { ...source, vpcId: named.vpcId, peeringId: peering.id };
  const isAssociated = isUsableIn(region, named, group.vpcId) || isUsableIn(region, group, named.vpcId);
  if (isAssociated) return { ...source, vpcId: named.vpcId };
  throw differentNetworks();
}

/** The source of a rule of `group` that names the group of this id already. */
function presentSource(region: Region, group: GroupRecord, id: string | undefined): GroupSource | undefined {
  const sources = rulesOf(region, group.id).map(({ source }) => source);
  return sources.find((source): source is GroupSource => source.kind === 'group' && source.groupId === id);
}

/**
 * The group as the source of a rule of `group`: a group of the same VPC, beyond an active peering connection, or joined by an association
 * of a group with a VPC. Throws InvalidGroup.NotFound for a group that does not exist or that traffic cannot come from,
 * InvalidGroupId.Malformed, MissingParameter.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html
 */
export function groupSource(region: Region, group: GroupRecord, pair: UserIdGroupPair, scope: SourceScope): Source {
  const present = scope === 'named' ? presentSource(region, group, pair.GroupId) : undefined;
  if (present) return present;
  if (pair.UserId && pair.UserId !== region.account.id) return foreignSource(region, group, pair, scope);
  const named = pair.GroupId
    ? requireResource(region, GROUP, pair.GroupId)
    : requireGroupByName(region, pair.GroupName ?? '');
  if (scope === 'named') return { kind: 'group', groupId: named.id, ownerId: region.account.id };
  return ownSource(region, group, named);
}
