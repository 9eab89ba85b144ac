import type { Attachment, InterfaceOwner } from '../../domain/group.ts';
import type { InternetRoutes } from '../../network/group-facts.ts';
import { asFields, asText, type Fields, field, listField, textField } from '../json.ts';

/** What tells the owner of an interface. */
type Traits = Pick<Attachment, 'description' | 'type' | 'instanceId'>;

/** EC2's interface types that stand for one service. */
const TYPES: ReadonlyMap<string, InterfaceOwner> = new Map([
  ['lambda', 'lambda'],
  ['efs', 'efs'],
  ['vpc_endpoint', 'vpc-endpoint'],
  ['gateway_load_balancer_endpoint', 'vpc-endpoint'],
  ['nat_gateway', 'nat-gateway'],
  ['natGateway', 'nat-gateway'],
  ['load_balancer', 'elb'],
  ['network_load_balancer', 'elb'],
  ['gateway_load_balancer', 'elb'],
]);

/** How services describe the interfaces that they make for themselves. */
const DESCRIPTIONS: readonly (readonly [description: RegExp, owner: InterfaceOwner])[] = [
  [/^RDSNetworkInterface/, 'rds'],
  [/^ElastiCache\b/, 'elasticache'],
  [/^ELB /, 'elb'],
  [/^AWS Lambda VPC ENI/, 'lambda'],
  [/^RedshiftNetworkInterface/, 'redshift'],
  [/^DMSNetworkInterface/, 'dms'],
  [/^EFS mount target for /, 'efs'],
  [/^VPC Endpoint Interface\b/, 'vpc-endpoint'],
  [/^Interface for NAT Gateway\b/, 'nat-gateway'],
  [/^arn:[^:]+:ecs:/, 'ecs'],
];

/**
 * Whose interface it is. An interface of an instance is the instance's, whatever its description says: anybody may write that one.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/requester-managed-eni.html
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html (interfaceType)
 */
export function interfaceOwner({ description, type, instanceId }: Traits): InterfaceOwner {
  if (instanceId !== undefined) return 'ec2';
  return TYPES.get(type) ?? DESCRIPTIONS.find(([pattern]) => pattern.test(description))?.[1] ?? 'other';
}

/** A network interface, and the groups that it uses. */
export interface DescribedInterface {
  readonly groupIds: readonly string[];
  readonly attachment: Attachment;
}

/**
 * Reads an interface as DescribeNetworkInterfaces gives it (SDK or CLI); undefined for what is no object.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html
 */
export function readInterface(value: unknown): DescribedInterface | undefined {
  const fields = asFields(value);
  if (fields === undefined) return undefined;
  const groupIds = textsOf(fields, 'groups', 'groupId');
  const told = {
    description: textField(fields, 'description') ?? '',
    type: textField(fields, 'interfaceType') ?? 'interface',
    groupIds,
    ...(isTrue(field(fields, 'requesterManaged')) && { requesterManaged: true as const }),
    ...present<Pick<Attachment, 'requesterId' | 'instanceId' | 'publicIp' | 'publicIpv6' | 'subnetId' | 'vpcId'>>({
      requesterId: textField(fields, 'requesterId'),
      instanceId: within(fields, 'attachment', 'instanceId'),
      publicIp: within(fields, 'association', 'publicIp'),
      publicIpv6: textsOf(fields, 'ipv6Addresses', 'ipv6Address').find(isGlobal),
      subnetId: textField(fields, 'subnetId'),
      vpcId: textField(fields, 'vpcId'),
    }),
  };
  return {
    groupIds,
    attachment: { interfaceId: textField(fields, 'networkInterfaceId') ?? '', ...told, owner: interfaceOwner(told) },
  };
}

function textsOf(fields: Fields, list: string, name: string): readonly string[] {
  return listField(fields, list).flatMap((element) => {
    const inner = asFields(element);
    return (inner === undefined ? asText(element) : textField(inner, name)) ?? [];
  });
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

/** The fields that are there: an absent one has no key. */
function present<T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): Partial<T> {
  const known: Partial<T> = {};
  for (const key in fields) if (fields[key] !== undefined) known[key] = fields[key];
  return known;
}

function within(fields: Fields, part: string, name: string): string | undefined {
  const inner = asFields(field(fields, part));
  return inner === undefined ? undefined : textField(inner, name);
}

/** Whether an IPv6 address is of 2000::/3, all that is global unicast: a VPC's others (fd00::/8) are private. */
function isGlobal(address: string): boolean {
  return /^[23][0-9a-f]{3}:/i.test(address);
}

/** A VPC's id and its CIDR blocks, both families. */
export interface DescribedVpc {
  readonly id: string;
  readonly cidrs: readonly string[];
}

/**
 * Reads a VPC as DescribeVpcs gives it; undefined for what has no id. Blocks that were taken away are left out.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Vpc.html
 */
export function readVpc(value: unknown): DescribedVpc | undefined {
  const fields = asFields(value);
  const id = fields === undefined ? undefined : textField(fields, 'vpcId');
  if (fields === undefined || id === undefined) return undefined;
  const ipv4 = blocks(fields, 'cidrBlockAssociationSet', 'cidrBlock');
  const first = textField(fields, 'cidrBlock');
  const ipv6 = blocks(fields, 'ipv6CidrBlockAssociationSet', 'ipv6CidrBlock');
  return { id, cidrs: [...new Set([...(first === undefined ? [] : [first]), ...ipv4, ...ipv6])] };
}

function blocks(fields: Fields, list: string, name: string): readonly string[] {
  return listField(fields, list).flatMap((association) => {
    const told = asFields(association);
    if (told === undefined) return [];
    const state = asFields(field(told, `${name}State`));
    const isGone = state !== undefined && textField(state, 'state') === 'disassociated';
    return isGone ? [] : (textField(told, name) ?? []);
  });
}

/**
 * Reads where routes lead to the internet from route tables as DescribeRouteTables gives them: the subnets that name such a table,
 * and the VPCs whose main table is one.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RouteTable.html
 */
export function readInternetRoutes(tables: readonly unknown[]): InternetRoutes {
  const subnets = new Set<string>();
  const vpcs = new Set<string>();
  for (const table of tables) {
    const fields = asFields(table);
    if (fields === undefined || !listField(fields, 'routes').some(leadsOut)) continue;
    for (const association of listField(fields, 'associations')) {
      const told = asFields(association);
      if (told === undefined) continue;
      const subnet = subnetOf(told);
      if (subnet !== undefined) subnets.add(subnet);
      else if (isMain(told)) vpcs.add(textField(fields, 'vpcId') ?? '');
    }
  }
  return { subnets, vpcs };
}

/** A route to an internet gateway that is there: a detached gateway leaves its routes behind as black holes. */
function leadsOut(route: unknown): boolean {
  const fields = asFields(route);
  if (fields === undefined) return false;
  return textField(fields, 'gatewayId')?.startsWith('igw-') === true && textField(fields, 'state') !== 'blackhole';
}

function subnetOf(association: Fields): string | undefined {
  return textField(association, 'subnetId');
}

function isMain(association: Fields): boolean {
  return [true, 'true'].some((value) => field(association, 'main') === value);
}
