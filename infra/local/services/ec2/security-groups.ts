import type {
  CreateSecurityGroupRequest,
  CreateSecurityGroupResult,
  DeleteSecurityGroupRequest,
  DeleteSecurityGroupResult,
  DescribeSecurityGroupsRequest,
  DescribeSecurityGroupsResult,
  SecurityGroup,
} from '@aws-sdk/client-ec2';
import type { Direction } from '../../../../shared/domain/group.ts';
import type { Region } from '../../state/account.ts';
import type { GroupRecord, RuleRecord } from '../../state/ec2-records.ts';
import { AwsError, invalidParameter, required } from '../../state/operation.ts';
import { type FilterTable, filtered, pageOf } from '../listing.ts';
import { permissionsOf, visibleRules } from './describe-rules.ts';
import { removeAssociations } from './group-associations.ts';
import { GROUP, namedGroup, newResourceId, requireGroupByName, requireResource, rulesOf, VPC } from './resources.ts';
import { allEgress, removeRules, storeRules } from './rules.ts';
import { specifiedTags, tagsOf } from './tags.ts';

/**
 * The characters of a group's name and description.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
 */
const TEXT = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/;

function vpcFor(region: Region, stated: string | undefined): string {
  if (stated === undefined) {
    const defaultVpc = [...region.vpcs.values()].find((vpc) => vpc.isDefault);
    if (!defaultVpc) throw new AwsError('VPCIdNotSpecified', 'No default VPC for this user');
    return defaultVpc.id;
  }
  return requireResource(region, VPC, stated).id;
}

/**
 * The checked name of a new group. EC2 removes spaces at the end, and names in one VPC must differ in more
 * than case.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
 */
function checkedName(region: Region, vpcId: string, stated: string): string {
  const name = required(stated.trimEnd(), 'groupName');
  const folded = name.toLowerCase();
  if (!TEXT.test(stated)) throw invalidParameter(`Invalid security group name '${stated}'.`);
  if (name.startsWith('sg-')) {
    throw invalidParameter(`Invalid value '${name}' for groupName. Names may not be in format sg-*.`);
  }
  if (folded === 'default') {
    throw new AwsError('InvalidGroup.Reserved', "The security group 'default' is reserved");
  }
  if ([...region.groups.values()].some((group) => group.vpcId === vpcId && group.name.toLowerCase() === folded)) {
    const message = `The security group '${name}' already exists for VPC '${vpcId}'`;
    throw new AwsError('InvalidGroup.Duplicate', message);
  }
  return name;
}

/**
 * Stores a group with EC2's outbound rules for new groups: to 0.0.0.0/0, and to ::/0 if the VPC has an IPv6
 * block.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
 */
export function storeGroup(region: Region, group: GroupRecord): void {
  region.groups.set(group.id, group);
  storeRules(region, [allEgress(group.id, 'ipv4')]);
  if (region.vpcs.get(group.vpcId)?.ipv6Cidr !== undefined) storeRules(region, [allEgress(group.id, 'ipv6')]);
}

/**
 * CreateSecurityGroup. Throws InvalidGroup.Duplicate, InvalidVpcID.NotFound, InvalidParameterValue,
 * MissingParameter.
 */
export function createSecurityGroup(region: Region, input: CreateSecurityGroupRequest): CreateSecurityGroupResult {
  const vpcId = vpcFor(region, input.VpcId);
  const name = checkedName(region, vpcId, required(input.GroupName, 'groupName'));
  const description = required(input.Description, 'groupDescription');
  if (!TEXT.test(description))
    throw invalidParameter(
      `Invalid security group description. Valid descriptions are strings less than 256 characters from the following set: a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*`,
    );
  const tags = specifiedTags(input.TagSpecifications, 'security-group');
  const id = newResourceId(region.account.random, 'sg');
  storeGroup(region, { id, name, description, vpcId });
  region.tags.set(id, tags);
  return { GroupId: id, Tags: tagsOf(region, id), SecurityGroupArn: groupArn(region, id) };
}

/**
 * Whether an interface uses the group, or a rule of another group in its VPC references it. Rules of other
 * VPCs become stale instead.
 */
function isInUse(region: Region, { id, vpcId }: GroupRecord): boolean {
  const attached = [...region.interfaces.values()].some((nic) => nic.groupIds.includes(id));
  const referenced = [...region.rules.values()].some(
    ({ groupId, source }) =>
      groupId !== id && source.kind === 'group' && source.groupId === id && region.groups.get(groupId)?.vpcId === vpcId,
  );
  return attached || referenced;
}

/** Removes a group from the region, with its rules, associations and tags. */
export function removeGroup(region: Region, id: string): void {
  removeRules(region, rulesOf(region, id));
  removeAssociations(region, id);
  region.groups.delete(id);
  region.tags.delete(id);
}

/**
 * DeleteSecurityGroup. Throws CannotDelete for a default group, DependencyViolation, InvalidGroup.NotFound.
 */
export function deleteSecurityGroup(region: Region, input: DeleteSecurityGroupRequest): DeleteSecurityGroupResult {
  const group = namedGroup(region, input);
  const { id, name } = group;
  if (name === 'default') {
    throw new AwsError('CannotDelete', `the specified group: "${id}" name: "default" cannot be deleted by a user`);
  }
  if (isInUse(region, group)) throw new AwsError('DependencyViolation', `resource ${id} has a dependent object`);
  removeGroup(region, id);
  return { Return: true, GroupId: id };
}

export function groupArn(region: Region, id: string): string {
  return `arn:aws:ec2:${region.name}:${region.account.id}:security-group/${id}`;
}

/** The rules of each group, by the group's id. */
type RulesByGroup = ReadonlyMap<string, readonly RuleRecord[]>;

function describedGroup(region: Region, group: GroupRecord, byGroup: RulesByGroup): SecurityGroup {
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

/** The groups that the call names, or all groups. Throws InvalidGroup.NotFound, InvalidGroupId.Malformed. */
function candidates(region: Region, input: DescribeSecurityGroupsRequest): readonly GroupRecord[] {
  const [ids, names] = [input.GroupIds ?? [], input.GroupNames ?? []];
  if (ids.length === 0 && names.length === 0) return [...region.groups.values()];
  const named = [
    ...ids.map((id) => requireResource(region, GROUP, id)),
    ...names.map((name) => requireGroupByName(region, name)),
  ];
  return [...new Set(named)];
}

/** A port of a rule as filters compare it. A rule of a protocol without ports has no value to compare. */
function filterPort({ protocol }: RuleRecord, port: number): readonly string[] {
  return port === -1 && !protocol.startsWith('icmp') ? [] : [String(port)];
}

/** The filters on the rules of one direction. Their names have an empty `prefix` for ingress. */
function ruleFilters(
  region: Region,
  byGroup: RulesByGroup,
  prefix: '' | 'egress.',
): readonly (readonly [string, (group: GroupRecord) => readonly string[]])[] {
  const direction = prefix === '' ? 'ingress' : 'egress';
  const values: Readonly<Record<string, (rule: RuleRecord) => readonly string[]>> = {
    cidr: ({ source }) => (source.kind === 'ipv4' ? [source.cidr] : []),
    'from-port': (rule) => filterPort(rule, rule.fromPort),
    'group-id': ({ source }) => (source.kind === 'group' ? [source.groupId] : []),
    'group-name': ({ source }) => (source.kind === 'group' ? [region.groups.get(source.groupId)?.name ?? ''] : []),
    'ipv6-cidr': ({ source }) => (source.kind === 'ipv6' ? [source.cidr] : []),
    'prefix-list-id': ({ source }) => (source.kind === 'prefix-list' ? [source.id] : []),
    protocol: ({ protocol }) => [protocol],
    'to-port': (rule) => filterPort(rule, rule.toPort),
    'user-id': ({ source }) => (source.kind === 'group' ? [source.ownerId ?? region.account.id] : []),
  };
  return Object.entries(values).map(([name, valuesOf]) => [
    `${prefix}ip-permission.${name}`,
    ({ id }) => (byGroup.get(id) ?? []).flatMap((rule) => (rule.direction === direction ? valuesOf(rule) : [])),
  ]);
}

function groupFilters(region: Region, byGroup: RulesByGroup): FilterTable<GroupRecord> {
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
 * DescribeSecurityGroups: by ids, by names (default VPC only) and by filters. Without a page size, the answer
 * is one page. Different rules of a group may match several filters on rules. Throws InvalidGroup.NotFound,
 * InvalidGroupId.Malformed, InvalidParameterValue.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html
 */
export function describeSecurityGroups(
  region: Region,
  input: DescribeSecurityGroupsRequest,
): DescribeSecurityGroupsResult {
  const byGroup = Map.groupBy(visibleRules(region, 'DescribeSecurityGroups'), (rule) => rule.groupId);
  const found = filtered(candidates(region, input), input.Filters, groupFilters(region, byGroup), ({ id }) =>
    region.tags.get(id),
  );
  const { items, next } = pageOf(found, input, { min: 5, max: 1000 });
  return { SecurityGroups: items.map((group) => describedGroup(region, group, byGroup)), ...next };
}
