import type { DescribeSecurityGroupsRequest, DescribeSecurityGroupsResult, SecurityGroup } from '@aws-sdk/client-ec2';
import type { Direction } from '../../../shared/model/rule.ts';
import { passes } from './filters.ts';
import { requireGroup, requireGroupByName } from './find-group.ts';
import { pageOf } from './paging.ts';
import type { GroupRecord, RuleRecord } from './records.ts';
import type { Region } from './region.ts';
import { permissionsOf } from './rule-output.ts';
import { tagsOf } from './tags.ts';
import { visibleRules } from './visibility.ts';

/** The group's ARN. */
export function groupArn(region: Region, id: string): string {
  return `arn:aws:ec2:${region.name}:${region.account.id}:security-group/${id}`;
}

function describedGroup(region: Region, group: GroupRecord, rules: readonly RuleRecord[]): SecurityGroup {
  return {
    GroupId: group.id,
    GroupName: group.name,
    Description: group.description,
    VpcId: group.vpcId,
    OwnerId: region.account.id,
    SecurityGroupArn: groupArn(region, group.id),
    IpPermissions: permissionsOf(
      region,
      rules.filter((rule) => rule.direction === 'ingress'),
    ),
    IpPermissionsEgress: permissionsOf(
      region,
      rules.filter((rule) => rule.direction === 'egress'),
    ),
    Tags: tagsOf(region, group.id),
  };
}

/** The groups that the call names, or all. Throws InvalidGroup.NotFound, InvalidGroupId.Malformed. */
function candidates(region: Region, input: DescribeSecurityGroupsRequest): readonly GroupRecord[] {
  const [ids, names] = [input.GroupIds ?? [], input.GroupNames ?? []];
  if (ids.length === 0 && names.length === 0) return [...region.groups.values()];
  const named = [
    ...ids.map((id) => requireGroup(region, id)),
    ...names.map((name) => requireGroupByName(region, name)),
  ];
  return [...new Set(named)];
}

/** Ids of the groups that rules of one direction name. */
function namedGroups(rules: readonly RuleRecord[], wanted: Direction): readonly string[] {
  return rules.flatMap(({ direction, source }) =>
    direction === wanted && source.kind === 'group' ? [source.groupId] : [],
  );
}

/** Ids of the prefix lists that rules of one direction name. */
function namedLists(rules: readonly RuleRecord[], wanted: Direction): readonly string[] {
  return rules.flatMap(({ direction, source }) =>
    direction === wanted && source.kind === 'prefix-list' ? [source.id] : [],
  );
}

function isWanted(
  region: Region,
  input: DescribeSecurityGroupsRequest,
  group: GroupRecord,
  rules: readonly RuleRecord[],
): boolean {
  const fields = {
    'vpc-id': [group.vpcId],
    'group-id': [group.id],
    'group-name': [group.name],
    description: [group.description],
    'owner-id': [region.account.id],
    'ip-permission.group-id': namedGroups(rules, 'ingress'),
    'egress.ip-permission.group-id': namedGroups(rules, 'egress'),
    'ip-permission.prefix-list-id': namedLists(rules, 'ingress'),
    'egress.ip-permission.prefix-list-id': namedLists(rules, 'egress'),
  };
  return passes(input.Filters, fields, region.tags.get(group.id));
}

/**
 * DescribeSecurityGroups: by ids, by names (default VPC only), by filters; whole where no page size is stated.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html
 */
export function describeSecurityGroups(
  region: Region,
  input: DescribeSecurityGroupsRequest,
): DescribeSecurityGroupsResult {
  const rules = Map.groupBy(visibleRules(region, 'DescribeSecurityGroups'), (rule) => rule.groupId);
  const found = candidates(region, input).filter((group) => isWanted(region, input, group, rules.get(group.id) ?? []));
  const { items, next } = pageOf(found, input, { min: 5, max: 1000 });
  return { SecurityGroups: items.map((group) => describedGroup(region, group, rules.get(group.id) ?? [])), ...next };
}
