import type {
  DescribeSecurityGroupRulesRequest,
  DescribeSecurityGroupRulesResult,
  IpPermission,
  RevokedSecurityGroupRule,
  SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import type { Source } from '../../../../shared/domain/group.ts';
import type { Region } from '../../state/account.ts';
import type { RuleRecord } from '../../state/ec2-records.ts';
import { AwsError } from '../../state/operation.ts';
import { type FilterTable, filtered, pageOf } from '../listing.ts';
import type { RequestedRule } from './permissions.ts';
import { GROUP, isWellFormed, notFound, RULE, requireResource } from './resources.ts';
import { tagsOf } from './tags.ts';

/** Hides a new rule from describe calls, if the account is set to hide new rules. */
export function hideNewRule(region: Region, ruleId: string): void {
  const { describes, ms } = region.account.ruleVisibility;
  if (describes === undefined && ms === undefined) return;
  region.hiddenRules.set(ruleId, { madeAt: region.account.clock.now(), passes: new Map() });
}

function isVisible(region: Region, ruleId: string, operation: string): boolean {
  const hidden = region.hiddenRules.get(ruleId);
  if (!hidden) return true;
  const { describes, ms } = region.account.ruleVisibility;
  const passes = hidden.passes.get(operation) ?? 0;
  hidden.passes.set(operation, passes + 1);
  const seen = describes !== undefined && passes >= describes;
  const aged = ms !== undefined && region.account.clock.now() - hidden.madeAt >= ms;
  return seen || aged || (describes === undefined && ms === undefined);
}

/**
 * The rules that `operation` shows now. For each hidden rule, the call counts as one more that omitted the
 * rule.
 */
export function visibleRules(region: Region, operation: string): readonly RuleRecord[] {
  return [...region.rules.values()].filter((rule) => isVisible(region, rule.id, operation));
}

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

/** A rule in the answer of an Authorize call, which has no `Tags` member for a rule without tags. */
export function authorizedRule(region: Region, rule: RuleRecord): SecurityGroupRule {
  const { Tags = [], ...members } = securityGroupRule(region, rule);
  return Tags.length > 0 ? { ...members, Tags } : members;
}

/** A rule in the answer of DescribeSecurityGroupRules. */
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

/** A rule in the answer of a Revoke call, which has the bare id of a referenced group and no tags. */
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

/** A permission with all four lists of sources, which `permissionsOf` fills. */
type OpenPermission = IpPermission &
  Required<Pick<IpPermission, 'IpRanges' | 'Ipv6Ranges' | 'PrefixListIds' | 'UserIdGroupPairs'>>;

function emptyPermission(rule: RequestedRule): OpenPermission {
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

function addSource(region: Region, permission: OpenPermission, { source, description }: RequestedRule): void {
  const withDescription = description === undefined ? {} : { Description: description };
  switch (source.kind) {
    case 'ipv4':
      return void permission.IpRanges?.push({ CidrIp: source.cidr, ...withDescription });
    case 'ipv6':
      return void permission.Ipv6Ranges?.push({ CidrIpv6: source.cidr, ...withDescription });
    case 'prefix-list':
      return void permission.PrefixListIds?.push({ PrefixListId: source.id, ...withDescription });
    case 'group':
      return void permission.UserIdGroupPairs?.push({
        ...referencedGroup(region, source).ReferencedGroupInfo,
        ...withDescription,
      });
    default:
      return source satisfies never;
  }
}

/**
 * Rules as DescribeSecurityGroups shows them: one permission for each protocol and port range. Protocol -1
 * has no ports.
 */
export function permissionsOf(region: Region, rules: readonly RequestedRule[]): IpPermission[] {
  const permissions = new Map<string, OpenPermission>();
  for (const rule of rules) {
    const key = `${rule.protocol}|${rule.fromPort}|${rule.toPort}`;
    const permission = permissions.get(key) ?? emptyPermission(rule);
    permissions.set(key, permission);
    addSource(region, permission, rule);
  }
  return [...permissions.values()];
}

const FILTERS: FilterTable<RuleRecord> = {
  'group-id': ({ groupId }) => [groupId],
  'security-group-rule-id': ({ id }) => [id],
};

/**
 * EC2 checks the form of the ids in the `group-id` filter, except of ids with a wildcard. Throws
 * InvalidGroupId.Malformed.
 */
function checkGroupFilter({ Filters = [] }: DescribeSecurityGroupRulesRequest): void {
  const ids = Filters.flatMap(({ Name, Values = [] }) => (Name === 'group-id' ? Values : []));
  const bad = ids.find((id) => !/[*?]/.test(id) && !isWellFormed(GROUP, id));
  if (bad !== undefined) throw new AwsError(GROUP.malformed, `The security group ID '${bad}' is malformed`);
}

/**
 * DescribeSecurityGroupRules. A filter that matches nothing, such as an unknown group, gives an empty list.
 * Throws InvalidSecurityGroupRuleId.NotFound for an unknown rule id, and InvalidGroupId.Malformed for a
 * malformed group id in a filter.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroupRules.html
 */
export function describeSecurityGroupRules(
  region: Region,
  input: DescribeSecurityGroupRulesRequest,
): DescribeSecurityGroupRulesResult {
  checkGroupFilter(input);
  const ids = new Set(input.SecurityGroupRuleIds ?? []);
  for (const id of ids) requireResource(region, RULE, id);
  const visible = visibleRules(region, 'DescribeSecurityGroupRules');
  for (const id of ids) if (!visible.some((rule) => rule.id === id)) throw notFound(RULE, id);
  const named = ids.size === 0 ? visible : visible.filter((rule) => ids.has(rule.id));
  const found = filtered(named, input.Filters, FILTERS, ({ id }) => region.tags.get(id));
  const { items, next } = pageOf(found, input, { min: 5, max: 1000, defaultSize: 1000 });
  return { SecurityGroupRules: items.map((rule) => securityGroupRule(region, rule)), ...next };
}
