import type { ResourceType } from '@aws-sdk/client-ec2';
import type { Random } from '../../../../shared/domain/runtime.ts';
import type { Region } from '../../state/account.ts';
import type {
  GroupRecord,
  InterfaceRecord,
  InternetGatewayRecord,
  LaunchTemplateRecord,
  PeeringRecord,
  PrefixListRecord,
  RouteTableRecord,
  RuleRecord,
  SubnetRecord,
  VpcRecord,
} from '../../state/ec2-records.ts';
import { AwsError, missingParameter } from '../../state/operation.ts';

/** A resource id in EC2's long form: the prefix and 17 hexadecimal digits. The first digit is 0. */
export function newResourceId(random: Random, prefix: string): string {
  const digits = Array.from({ length: 16 }, () => Math.floor(random() * 16).toString(16));
  return `${prefix}-0${digits.join('')}`;
}

/**
 * One kind of EC2 resource: the form of its ids, its records, and EC2's errors for a bad id.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
export interface ResourceKind<T> {
  /** The part of an id before the hyphen. */
  readonly prefix: string;
  /** The name of the kind in tag specifications and in DescribeTags. */
  readonly type: ResourceType;
  readonly malformed: string;
  readonly notFound: string;
  /** The message of the error `notFound`. */
  readonly notFoundMessage: (id: string) => string;
  readonly records: (region: Region) => ReadonlyMap<string, T>;
}

function doesNotExist(what: string) {
  return (id: string) => `The ${what} '${id}' does not exist`;
}

export const GROUP: ResourceKind<GroupRecord> = {
  prefix: 'sg',
  type: 'security-group',
  malformed: 'InvalidGroupId.Malformed',
  notFound: 'InvalidGroup.NotFound',
  notFoundMessage: doesNotExist('security group'),
  records: (region) => region.groups,
};

export const RULE: ResourceKind<RuleRecord> = {
  prefix: 'sgr',
  type: 'security-group-rule',
  malformed: 'InvalidSecurityGroupRuleId.Malformed',
  notFound: 'InvalidSecurityGroupRuleId.NotFound',
  notFoundMessage: doesNotExist('security group rule ID'),
  records: (region) => region.rules,
};

export const VPC: ResourceKind<VpcRecord> = {
  prefix: 'vpc',
  type: 'vpc',
  malformed: 'InvalidVpcID.Malformed',
  notFound: 'InvalidVpcID.NotFound',
  notFoundMessage: doesNotExist('vpc ID'),
  records: (region) => region.vpcs,
};

export const SUBNET: ResourceKind<SubnetRecord> = {
  prefix: 'subnet',
  type: 'subnet',
  malformed: 'InvalidSubnetID.Malformed',
  notFound: 'InvalidSubnetID.NotFound',
  notFoundMessage: doesNotExist('subnet ID'),
  records: (region) => region.subnets,
};

export const INTERFACE: ResourceKind<InterfaceRecord> = {
  prefix: 'eni',
  type: 'network-interface',
  malformed: 'InvalidNetworkInterfaceId.Malformed',
  notFound: 'InvalidNetworkInterfaceID.NotFound',
  notFoundMessage: doesNotExist('networkInterface ID'),
  records: (region) => region.interfaces,
};

export const PREFIX_LIST: ResourceKind<PrefixListRecord> = {
  prefix: 'pl',
  type: 'prefix-list',
  malformed: 'InvalidPrefixListId.Malformed',
  notFound: 'InvalidPrefixListID.NotFound',
  notFoundMessage: doesNotExist('prefix list ID'),
  records: (region) => region.prefixLists,
};

export const ROUTE_TABLE: ResourceKind<RouteTableRecord> = {
  prefix: 'rtb',
  type: 'route-table',
  malformed: 'InvalidRouteTableId.Malformed',
  notFound: 'InvalidRouteTableID.NotFound',
  notFoundMessage: doesNotExist('routeTable ID'),
  records: (region) => region.routeTables,
};

export const INTERNET_GATEWAY: ResourceKind<InternetGatewayRecord> = {
  prefix: 'igw',
  type: 'internet-gateway',
  malformed: 'InvalidInternetGatewayId.Malformed',
  notFound: 'InvalidInternetGatewayID.NotFound',
  notFoundMessage: doesNotExist('internetGateway ID'),
  records: (region) => region.internetGateways,
};

export const PEERING: ResourceKind<PeeringRecord> = {
  prefix: 'pcx',
  type: 'vpc-peering-connection',
  malformed: 'InvalidVpcPeeringConnectionId.Malformed',
  notFound: 'InvalidVpcPeeringConnectionID.NotFound',
  notFoundMessage: doesNotExist('vpcPeeringConnection ID'),
  records: (region) => region.peerings,
};

export const LAUNCH_TEMPLATE: ResourceKind<LaunchTemplateRecord> = {
  prefix: 'lt',
  type: 'launch-template',
  malformed: 'InvalidLaunchTemplateId.Malformed',
  notFound: 'InvalidLaunchTemplateId.NotFound',
  notFoundMessage: (id) => `The specified launch template, with template ID ${id}, does not exist.`,
  records: (region) => region.launchTemplates,
};

const KINDS: readonly ResourceKind<{ readonly id: string }>[] = [
  GROUP,
  RULE,
  VPC,
  SUBNET,
  INTERFACE,
  PREFIX_LIST,
  ROUTE_TABLE,
  INTERNET_GATEWAY,
  PEERING,
  LAUNCH_TEMPLATE,
];

/** The kind of resource that an id belongs to, by its prefix. Undefined for an unknown prefix. */
export function kindOf(id: string): ResourceKind<{ readonly id: string }> | undefined {
  return KINDS.find(({ prefix }) => id.startsWith(`${prefix}-`));
}

/** The error for an id that no resource of the kind has. */
export function notFound<T>({ notFound: code, notFoundMessage: absent }: ResourceKind<T>, id: string): AwsError {
  return new AwsError(code, absent(id));
}

/** Whether the id has the form of the kind: its prefix, then 8 or 17 hexadecimal digits. */
export function isWellFormed<T>({ prefix }: ResourceKind<T>, id: string): boolean {
  return id.startsWith(`${prefix}-`) && /^(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(id.slice(prefix.length + 1));
}

/**
 * The resource with this id. Throws the kind's Malformed error for an id of another form, and its NotFound
 * error for an unknown id.
 */
export function requireResource<T>(region: Region, kind: ResourceKind<T>, id: string): T {
  if (!isWellFormed(kind, id)) {
    const expected = id.startsWith(`${kind.prefix}-`) ? '' : ` (expecting "${kind.prefix}-...")`;
    throw new AwsError(kind.malformed, `Invalid id: "${id}"${expected}`);
  }
  const found = kind.records(region).get(id);
  if (!found) throw notFound(kind, id);
  return found;
}

/**
 * The resources with these ids, in this order; all resources of the region if there are no ids. Throws the
 * errors of `requireResource`.
 */
export function requestedResources<T>(
  region: Region,
  kind: ResourceKind<T>,
  ids: readonly string[] | undefined,
): readonly T[] {
  if (!ids || ids.length === 0) return [...kind.records(region).values()];
  return [...new Set(ids)].map((id) => requireResource(region, kind, id));
}

/**
 * The group of this name in the default VPC: EC2 finds groups by name only there. Throws
 * InvalidGroup.NotFound.
 */
export function requireGroupByName(region: Region, name: string): GroupRecord {
  const found = [...region.groups.values()].find((group) => group.name === name && isInDefaultVpc(region, group));
  if (!found) throw new AwsError('InvalidGroup.NotFound', `The security group '${name}' does not exist in default VPC`);
  return found;
}

/**
 * The group that a call names by id, or by name in the default VPC. Throws MissingParameter,
 * InvalidGroupId.Malformed, InvalidGroup.NotFound.
 */
export function namedGroup(
  region: Region,
  input: { readonly GroupId?: string | undefined; readonly GroupName?: string | undefined },
): GroupRecord {
  if (input.GroupId) return requireResource(region, GROUP, input.GroupId);
  if (input.GroupName) return requireGroupByName(region, input.GroupName);
  throw missingParameter('groupName or groupId');
}

/**
 * Whether the group is in the region's default VPC. EC2 ignores unknown permissions in a Revoke call there.
 */
export function isInDefaultVpc(region: Region, group: GroupRecord): boolean {
  return region.vpcs.get(group.vpcId)?.isDefault === true;
}

/** The rules of one group, oldest first. */
export function rulesOf(region: Region, groupId: string): readonly RuleRecord[] {
  return [...region.rules.values()].filter((rule) => rule.groupId === groupId);
}
