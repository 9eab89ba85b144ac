import type { DescribeSecurityGroupsRequest, DescribeSecurityGroupsResult, SecurityGroup } from '@aws-sdk/client-ec2';
import type { Direction } from '../../../shared/domain/rule.ts';
import { type FilterTable, filtered } from './filters.ts';
import { requireGroupByName } from './find-group.ts';
import { pageOf } from './paging.ts';
import type { GroupRecord, RuleRecord } from './records.ts';
import type { Region } from './region.ts';
import { GROUP, requireResource } from './resource-kinds.ts';
import { permissionsOf } from './rule-output.ts';
import { tagsOf } from './tags.ts';
import { visibleRules } from './visibility.ts';

/** The group's ARN. */
export function groupArn(region: Region, id: string): string {
  return `arn:aws:ec2:${region.name}:${region.account.id}:security-group/${id}`;
}

/** The rules of each group, by the group's id. */
type RulesByGroup = ReadonlyMap<string, readonly RuleRecord[]>;

function described(region: Region, group: GroupRecord, byGroup: RulesByGroup): SecurityGroup {
  const rules = byGroup.get(group.id) ?? [];
  const permissions = (direction: Direction) =>
    permissionsOf(
      region,
      rules.filter((rule) => rule.direction === direction),
    );
  return {
    GroupId: group.id,
    GroupName: group.name,
    Description: group.description,
    VpcId: group.vpcId,
    OwnerId: region.account.id,
    SecurityGroupArn: groupArn(region, group.id),
    IpPermissions: permissions('ingress'),
    IpPermissionsEgress: permissions('egress'),
    Tags: tagsOf(region, group.id),
  };
}

/** The groups that the call names, or all. Throws InvalidGroup.NotFound, InvalidGroupId.Malformed. */
function candidates(region: Region, input: DescribeSecurityGroupsRequest): readonly GroupRecord[] {
  const [ids, names] = [input.GroupIds ?? [], input.GroupNames ?? []];
  if (ids.length === 0 && names.length === 0) return [...region.groups.values()];
  const named = [
    ...ids.map((id) => requireResource(region, GROUP, id)),
    ...names.map((name) => requireGroupByName(region, name)),
  ];
  return [...new Set(named)];
}

/** Ports of a rule as filters compare them: DescribeSecurityGroups shows none for protocols that have none. */
function statedPort({ protocol }: RuleRecord, port: number): readonly string[] {
  return port === -1 && !protocol.startsWith('icmp') ? [] : [String(port)];
}

/** The filters on the rules of one direction. `prefix` is empty for ingress. */
function ruleFilters(
  region: Region,
  byGroup: RulesByGroup,
  prefix: '' | 'egress.',
): readonly (readonly [string, (group: GroupRecord) => readonly string[]])[] {
  const direction = prefix === '' ? 'ingress' : 'egress';
  const values: Readonly<Record<string, (rule: RuleRecord) => readonly string[]>> = {
    cidr: ({ source }) => (source.kind === 'ipv4' ? [source.cidr] : []),
    'from-port': (rule) => statedPort(rule, rule.fromPort),
    'group-id': ({ source }) => (source.kind === 'group' ? [source.groupId] : []),
    'group-name': ({ source }) => (source.kind === 'group' ? [region.groups.get(source.groupId)?.name ?? ''] : []),
    'ipv6-cidr': ({ source }) => (source.kind === 'ipv6' ? [source.cidr] : []),
    'prefix-list-id': ({ source }) => (source.kind === 'prefix-list' ? [source.id] : []),
    protocol: ({ protocol }) => [protocol],
    'to-port': (rule) => statedPort(rule, rule.toPort),
    'user-id': ({ source }) => (source.kind === 'group' ? [source.ownerId ?? region.account.id] : []),
  };
  return Object.entries(values).map(([name, valuesOf]) => [
    `${prefix}ip-permission.${name}`,
    ({ id }) => (byGroup.get(id) ?? []).flatMap((rule) => (rule.direction === direction ? valuesOf(rule) : [])),
  ]);
}

function filtersOn(region: Region, byGroup: RulesByGroup): FilterTable<GroupRecord> {
  return {
    description: ({ description }) => [description],
    'group-id': ({ id }) => [id],
    'group-name': ({ name }) => [name],
    'owner-id': () => [region.account.id],
    'vpc-id': ({ vpcId }) => [vpcId],
    ...Object.fromEntries([...ruleFilters(region, byGroup, ''), ...ruleFilters(region, byGroup, 'egress.')]),
  };
}

/**
 * DescribeSecurityGroups: by ids, by names (default VPC only), by filters; whole where no page size is stated. Several filters on rules can
 * be met by different rules of a group. Throws InvalidGroup.NotFound, InvalidGroupId.Malformed, InvalidParameterValue.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html
 */
export function describeSecurityGroups(
  region: Region,
  input: DescribeSecurityGroupsRequest,
): DescribeSecurityGroupsResult {
  const byGroup = Map.groupBy(visibleRules(region, 'DescribeSecurityGroups'), (rule) => rule.groupId);
  const found = filtered(candidates(region, input), input.Filters, filtersOn(region, byGroup), ({ id }) =>
    region.tags.get(id),
  );
  const { items, next } = pageOf(found, input, { min: 5, max: 1000 });
  return { SecurityGroups: items.map((group) => described(region, group, byGroup)), ...next };
}
