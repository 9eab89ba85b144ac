import type { IpPermission, UserIdGroupPair } from '@aws-sdk/client-ec2';
import type { Direction, Source } from '../../../shared/model/rule.ts';
import { AwsError, invalidParameter, missingParameter } from './aws-error.ts';
import { canonicalCidr } from './cidr.ts';
import { requireGroup, requireGroupByName } from './find-group.ts';
import { canonicalTraffic } from './protocol.ts';
import type { GroupRecord, RuleRecord } from './records.ts';
import type { Region } from './region.ts';

/** A rule as a call states it, canonical, without an id. */
export type StatedRule = Omit<RuleRecord, 'id'>;

/** The parameters with which Authorize and Revoke name rules: permissions, or one permission at the top level. */
export interface PermissionInput {
  readonly IpPermissions?: readonly IpPermission[] | undefined;
  readonly IpProtocol?: string | undefined;
  readonly FromPort?: number | undefined;
  readonly ToPort?: number | undefined;
  readonly CidrIp?: string | undefined;
  readonly SourceSecurityGroupName?: string | undefined;
  readonly SourceSecurityGroupOwnerId?: string | undefined;
}

/** EC2's rule for a rule's description. @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html */
const DESCRIPTION = /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{0,255}$/;

/** Returns the description as EC2 stores it. Throws InvalidParameterValue. */
export function checkedDescription(text: string | undefined): { readonly description?: string } {
  if (text === undefined || text === '') return {};
  if (DESCRIPTION.test(text)) return { description: text };
  throw invalidParameter(
    'Invalid rule description. Valid descriptions are strings less than 256 characters from the following set: ' +
      'a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*',
  );
}

/** The prefix list as a source. Throws InvalidPrefixListID.NotFound. */
export function prefixListSource(region: Region, id: string): Source {
  if (region.prefixLists.has(id)) return { kind: 'prefix-list', id };
  throw new AwsError('InvalidPrefixListID.NotFound', `The prefix list ID '${id}' does not exist`);
}

/** The group as a source: one of this account must exist, one of another account is taken as stated. */
export function groupSource(region: Region, pair: UserIdGroupPair): Source {
  const { account } = region;
  if (pair.UserId && pair.UserId !== account.id) {
    if (!pair.GroupId) throw missingParameter('groupId');
    const peering = pair.VpcPeeringConnectionId ? { peeringId: pair.VpcPeeringConnectionId } : {};
    return {
      kind: 'group',
      groupId: pair.GroupId,
      ownerId: pair.UserId,
      ...(pair.VpcId ? { vpcId: pair.VpcId } : {}),
      ...peering,
    };
  }
  const group = pair.GroupId ? requireGroup(region, pair.GroupId) : requireGroupByName(region, pair.GroupName ?? '');
  return { kind: 'group', groupId: group.id, ownerId: account.id };
}

function sourcesOf(region: Region, permission: IpPermission): readonly { source: Source; description?: string }[] {
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
      source: prefixListSource(region, PrefixListId ?? ''),
      ...checkedDescription(Description),
    })),
    ...(permission.UserIdGroupPairs ?? []).map((pair) => ({
      source: groupSource(region, pair),
      ...checkedDescription(pair.Description),
    })),
  ];
}

/** One permission as the rules that EC2 makes of it, one for each source. Throws MissingParameter and InvalidParameterValue. */
export function rulesOfPermission(
  region: Region,
  group: GroupRecord,
  direction: Direction,
  permission: IpPermission,
): readonly StatedRule[] {
  if (!permission.IpProtocol) throw missingParameter('ipProtocol');
  const traffic = canonicalTraffic(permission.IpProtocol, permission.FromPort, permission.ToPort);
  const sources = sourcesOf(region, permission);
  if (sources.length === 0) throw invalidParameter('Invalid value for ipPermissions: at least one source is required');
  return sources.map((stated) => ({ groupId: group.id, direction, ...traffic, ...stated }));
}

/** What a source group named at the top level is granted: full TCP, UDP and ICMP access. */
const FULL_ACCESS = [
  { IpProtocol: 'tcp', FromPort: 0, ToPort: 65535 },
  { IpProtocol: 'udp', FromPort: 0, ToPort: 65535 },
  { IpProtocol: 'icmp', FromPort: -1, ToPort: -1 },
] as const;

/** The permissions that a call states, the flat form turned into one. Throws MissingParameter. */
export function statedPermissions(input: PermissionInput): readonly IpPermission[] {
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
