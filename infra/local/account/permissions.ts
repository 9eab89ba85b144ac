import type { IpPermission } from '@aws-sdk/client-ec2';
import type { Direction, Source } from '../../../shared/domain/rule.ts';
import { invalidParameter, missingParameter } from './aws-error.ts';
import { canonicalCidr } from './cidr.ts';
import { groupSource, type SourceScope } from './group-source.ts';
import { canonicalTraffic } from './protocol.ts';
import type { GroupRecord, RuleRecord } from './records.ts';
import type { Region } from './region.ts';
import { PREFIX_LIST, requireResource } from './resource-kinds.ts';

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

/** One permission as the rules that EC2 makes of it, one for each source. Throws MissingParameter, InvalidParameterValue, and as groupSource. */
export function rulesOfPermission(
  region: Region,
  group: GroupRecord,
  direction: Direction,
  permission: IpPermission,
  scope: SourceScope,
): readonly StatedRule[] {
  if (!permission.IpProtocol) throw missingParameter('ipProtocol');
  const traffic = canonicalTraffic(permission.IpProtocol, permission.FromPort, permission.ToPort);
  const sources = sourcesOf(region, group, permission, scope);
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
