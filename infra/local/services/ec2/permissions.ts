import type { IpPermission, UserIdGroupPair } from '@aws-sdk/client-ec2';
import type { Direction, Source } from '../../../../shared/domain/group.ts';
import type { Region } from '../../state/account.ts';
import type { GroupRecord, PeeringRecord, RuleRecord } from '../../state/ec2-records.ts';
import { AwsError, invalidParameter, missingParameter } from '../../state/operation.ts';
import { canonicalCidr, canonicalTraffic } from './canonical.ts';
import { isUsableIn } from './group-associations.ts';
import { otherSide } from './peerings.ts';
import { GROUP, PREFIX_LIST, requireGroupByName, requireResource, rulesOf } from './resources.ts';

/**
 * Which groups a call may name as a source. `reachable`: EC2 adds a rule only if traffic can come from the
 * group. `named`: a call can revoke an existing rule, even if the source group or the peering connection has
 * been deleted.
 */
type SourceScope = 'reachable' | 'named';

type GroupSource = Extract<Source, { kind: 'group' }>;

/** An active peering connection of the VPC that meets the condition. */
function activePeering(region: Region, vpcId: string, isOther: (peering: PeeringRecord) => boolean) {
  return [...region.peerings.values()].find(
    (peering) => peering.status === 'active' && otherSide(peering, vpcId) !== undefined && isOther(peering),
  );
}

/** EC2's error for two groups in different VPCs without an active peering connection. */
function differentNetworks(): AwsError {
  return new AwsError('InvalidGroup.NotFound', 'You have specified two resources that belong to different networks.');
}

/** A group of another account. EC2 accepts it only beyond an active peering connection of the VPC. */
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

/** The source of an existing rule of `group` whose source group has this id. */
function presentSource(region: Region, group: GroupRecord, id: string | undefined): GroupSource | undefined {
  const sources = rulesOf(region, group.id).map(({ source }) => source);
  return sources.find((source): source is GroupSource => source.kind === 'group' && source.groupId === id);
}

/**
 * The named group as the source of a rule of `group`. The two groups must be in the same VPC, or an active
 * peering connection or an association of a group with a VPC must join them. Throws InvalidGroup.NotFound for
 * a group that does not exist or that no traffic can come from, InvalidGroupId.Malformed, MissingParameter.
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

/** A rule that a call requests: canonical, and without an id. */
export type RequestedRule = Omit<RuleRecord, 'id'>;

/**
 * The parameters of Authorize and Revoke that describe rules: a list of permissions, or one permission at the
 * top level.
 */
export interface PermissionInput {
  readonly IpPermissions?: readonly IpPermission[] | undefined;
  readonly IpProtocol?: string | undefined;
  readonly FromPort?: number | undefined;
  readonly ToPort?: number | undefined;
  readonly CidrIp?: string | undefined;
  readonly SourceSecurityGroupName?: string | undefined;
  readonly SourceSecurityGroupOwnerId?: string | undefined;
}

/**
 * The format of a rule's description.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html
 */
const DESCRIPTION = /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{0,255}$/;

/** The description as a member of a stored rule. Throws InvalidParameterValue. */
export function checkedDescription(text: string | undefined): { readonly description?: string } {
  if (text === undefined || text === '') return {};
  if (DESCRIPTION.test(text)) return { description: text };
  throw invalidParameter(
    'Invalid rule description. Valid descriptions are strings less than 256 characters from the following set: ' +
      'a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*',
  );
}

function sourcesOf(
  region: Region,
  group: GroupRecord,
  permission: IpPermission,
  scope: SourceScope,
): readonly { source: Source; description?: string }[] {
  return [
    ...(permission.IpRanges ?? []).map(({ CidrIp, Description }) => ({
      source: { kind: 'ipv4' as const, cidr: canonicalCidr(CidrIp ?? '', 'ipv4').cidr },
      ...checkedDescription(Description),
    })),
    ...(permission.Ipv6Ranges ?? []).map(({ CidrIpv6, Description }) => ({
      source: { kind: 'ipv6' as const, cidr: canonicalCidr(CidrIpv6 ?? '', 'ipv6').cidr },
      ...checkedDescription(Description),
    })),
    ...(permission.PrefixListIds ?? []).map(({ PrefixListId, Description }) => ({
      source: { kind: 'prefix-list' as const, id: requireResource(region, PREFIX_LIST, PrefixListId ?? '').id },
      ...checkedDescription(Description),
    })),
    ...(permission.UserIdGroupPairs ?? []).map((pair) => ({
      source: groupSource(region, group, pair, scope),
      ...checkedDescription(pair.Description),
    })),
  ];
}

/**
 * The rules that EC2 makes of one permission, one for each source. Throws MissingParameter,
 * InvalidParameterValue and the errors of `groupSource`.
 */
export function rulesOfPermission(
  region: Region,
  group: GroupRecord,
  direction: Direction,
  permission: IpPermission,
  scope: SourceScope,
): readonly RequestedRule[] {
  if (!permission.IpProtocol) throw missingParameter('ipProtocol');
  const traffic = canonicalTraffic(permission.IpProtocol, permission.FromPort, permission.ToPort);
  const sources = sourcesOf(region, group, permission, scope);
  if (sources.length === 0) throw invalidParameter('Invalid value for ipPermissions: at least one source is required');
  return sources.map((stated) => ({ groupId: group.id, direction, ...traffic, ...stated }));
}

/** The access that EC2 grants to a source group at the top level of a call: full TCP, UDP and ICMP. */
const FULL_ACCESS = [
  { IpProtocol: 'tcp', FromPort: 0, ToPort: 65535 },
  { IpProtocol: 'udp', FromPort: 0, ToPort: 65535 },
  { IpProtocol: 'icmp', FromPort: -1, ToPort: -1 },
] as const;

/** The permissions of a call, in one form. Throws MissingParameter. */
export function requestedPermissions(input: PermissionInput): readonly IpPermission[] {
  if (input.IpPermissions && input.IpPermissions.length > 0) return input.IpPermissions;
  const { IpProtocol, FromPort, ToPort, CidrIp, SourceSecurityGroupName, SourceSecurityGroupOwnerId } = input;
  if (SourceSecurityGroupName) {
    const UserIdGroupPairs = [{ GroupName: SourceSecurityGroupName, UserId: SourceSecurityGroupOwnerId }];
    return FULL_ACCESS.map((traffic) => ({ ...traffic, UserIdGroupPairs }));
  }
  if (!IpProtocol && !CidrIp) throw missingParameter('ipPermissions');
  const ranges = CidrIp?.includes(':')
    ? { Ipv6Ranges: [{ CidrIpv6: CidrIp }] }
    : { IpRanges: CidrIp ? [{ CidrIp }] : [] };
  return [{ IpProtocol, FromPort, ToPort, ...ranges }];
}
