import type { IpPermission, RevokedSecurityGroupRule, SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { Source } from '../../../shared/domain/rule.ts';
import type { StatedRule } from './permissions.ts';
import type { RuleRecord } from './records.ts';
import type { Region } from './region.ts';
import { tagsOf } from './tags.ts';

function referencedGroup(region: Region, source: Extract<Source, { kind: 'group' }>): SecurityGroupRule {
  return {
    ReferencedGroupInfo: {
      GroupId: source.groupId,
      UserId: source.ownerId ?? region.account.id,
      ...(source.vpcId ? { VpcId: source.vpcId } : {}),
      ...(source.peeringId
        ? {
            VpcPeeringConnectionId: source.peeringId,
            PeeringStatus: region.peerings.get(source.peeringId)?.status ?? 'deleted',
          }
        : {}),
    },
  };
}

function sourceMembers(region: Region, source: Source): SecurityGroupRule {
  switch (source.kind) {
    case 'ipv4':
      return { CidrIpv4: source.cidr };
    case 'ipv6':
      return { CidrIpv6: source.cidr };
    case 'prefix-list':
      return { PrefixListId: source.id };
    case 'group':
      return referencedGroup(region, source);
    default:
      return source satisfies never;
  }
}

/** A rule as Authorize answers it: tags only where there are some. */
export function authorizedRule(region: Region, rule: RuleRecord): SecurityGroupRule {
  const { Tags = [], ...members } = securityGroupRule(region, rule);
  return Tags.length > 0 ? { ...members, Tags } : members;
}

/** A rule as DescribeSecurityGroupRules answers it. */
export function securityGroupRule(region: Region, rule: RuleRecord): SecurityGroupRule {
  return {
    SecurityGroupRuleId: rule.id,
    GroupId: rule.groupId,
    GroupOwnerId: region.account.id,
    IsEgress: rule.direction === 'egress',
    IpProtocol: rule.protocol,
    FromPort: rule.fromPort,
    ToPort: rule.toPort,
    ...sourceMembers(region, rule.source),
    ...(rule.description === undefined ? {} : { Description: rule.description }),
    Tags: tagsOf(region, rule.id),
    SecurityGroupRuleArn: `arn:aws:ec2:${region.name}:${region.account.id}:security-group-rule/${rule.id}`,
  };
}

/** A rule as Revoke answers it: the referenced group is a bare id, and there are no tags. */
export function revokedRule(region: Region, rule: RuleRecord): RevokedSecurityGroupRule {
  const { ReferencedGroupInfo, ...source } = sourceMembers(region, rule.source);
  return {
    SecurityGroupRuleId: rule.id,
    GroupId: rule.groupId,
    IsEgress: rule.direction === 'egress',
    IpProtocol: rule.protocol,
    FromPort: rule.fromPort,
    ToPort: rule.toPort,
    ...source,
    ...(ReferencedGroupInfo?.GroupId ? { ReferencedGroupId: ReferencedGroupInfo.GroupId } : {}),
    ...(rule.description === undefined ? {} : { Description: rule.description }),
  };
}

/** The source lists of one permission, all four there and mutable while they are filled. */
type OpenPermission = IpPermission &
  Required<Pick<IpPermission, 'IpRanges' | 'Ipv6Ranges' | 'PrefixListIds' | 'UserIdGroupPairs'>>;

function emptyPermission(rule: StatedRule): OpenPermission {
  const anyPort = rule.fromPort === -1 && rule.toPort === -1 && !rule.protocol.startsWith('icmp');
  return {
    IpProtocol: rule.protocol,
    ...(anyPort ? {} : { FromPort: rule.fromPort, ToPort: rule.toPort }),
    IpRanges: [],
    Ipv6Ranges: [],
    PrefixListIds: [],
    UserIdGroupPairs: [],
  };
}

function addSource(region: Region, permission: OpenPermission, { source, description }: StatedRule): void {
  const noted = description === undefined ? {} : { Description: description };
  switch (source.kind) {
    case 'ipv4':
      return void permission.IpRanges?.push({ CidrIp: source.cidr, ...noted });
    case 'ipv6':
      return void permission.Ipv6Ranges?.push({ CidrIpv6: source.cidr, ...noted });
    case 'prefix-list':
      return void permission.PrefixListIds?.push({ PrefixListId: source.id, ...noted });
    case 'group':
      return void permission.UserIdGroupPairs?.push({
        ...referencedGroup(region, source).ReferencedGroupInfo,
        ...noted,
      });
    default:
      return source satisfies never;
  }
}

/** Rules gathered as DescribeSecurityGroups shows them: one permission for each protocol and port range, -1 without ports. */
export function permissionsOf(region: Region, rules: readonly StatedRule[]): IpPermission[] {
  const permissions = new Map<string, OpenPermission>();
  for (const rule of rules) {
    const key = `${rule.protocol}|${rule.fromPort}|${rule.toPort}`;
    const permission = permissions.get(key) ?? emptyPermission(rule);
    permissions.set(key, permission);
    addSource(region, permission, rule);
  }
  return [...permissions.values()];
}
