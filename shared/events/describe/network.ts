import type { Attachment, InterfaceOwner } from '../../domain/group.ts';
import type { InternetRoutes } from '../../network/group-facts.ts';
import { asFields, asText, type Fields, field, isFields, listField, textField } from '../json.ts';

/** A network interface and its groups. */
export interface DescribedInterface {
  readonly groupIds: readonly string[];
  readonly attachment: Attachment;
}

/**
 * Reads an element of DescribeNetworkInterfaces (SDK or CLI). Returns undefined if the value is not an
 * object.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html
 */
export function readInterface(value: unknown): DescribedInterface | undefined {
  const fields = asFields(value);
  if (fields === undefined) return undefined;
  const groupIds = textsOf(fields, 'groups', 'groupId');
  const described = {
    description: textField(fields, 'description') ?? '',
    type: textField(fields, 'interfaceType') ?? 'interface',
    groupIds,
    ...(isTrue(field(fields, 'requesterManaged')) && { requesterManaged: true as const }),
    ...present<Pick<Attachment, 'requesterId' | 'instanceId' | 'publicIp' | 'publicIpv6' | 'subnetId' | 'vpcId'>>({
      requesterId: textField(fields, 'requesterId'),
      instanceId: textField(partOf(fields, 'attachment'), 'instanceId'),
      publicIp: textField(partOf(fields, 'association'), 'publicIp'),
      publicIpv6: textsOf(fields, 'ipv6Addresses', 'ipv6Address').find(isGlobalUnicast),
      subnetId: textField(fields, 'subnetId'),
      vpcId: textField(fields, 'vpcId'),
    }),
  };
  const interfaceId = textField(fields, 'networkInterfaceId') ?? '';
  return { groupIds, attachment: { interfaceId, ...described, owner: interfaceOwner(described) } };
}

function partOf(fields: Fields, name: string): Fields {
  return asFields(field(fields, name)) ?? {};
}

function textsOf(fields: Fields, list: string, name: string): readonly string[] {
  return listField(fields, list).flatMap(
    (element) => (isFields(element) ? textField(element, name) : asText(element)) ?? [],
  );
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

/** The object without the keys of undefined values. */
function present<T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): Partial<T> {
  const known: Partial<T> = {};
  for (const key in fields) if (fields[key] !== undefined) known[key] = fields[key];
  return known;
}

/** Whether an IPv6 address is in 2000::/3. The other addresses of a VPC (fd00::/8) are private. */
function isGlobalUnicast(address: string): boolean {
  return /^[23][0-9a-f]{3}:/i.test(address);
}

/** Interface types of EC2 that belong to one service. */
const OWNER_BY_TYPE: ReadonlyMap<string, InterfaceOwner> = new Map([
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

/** Descriptions that services write on the interfaces that they create. */
const OWNER_BY_DESCRIPTION: readonly (readonly [description: RegExp, owner: InterfaceOwner])[] = [
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
 * The service that owns an interface. An interface of an instance belongs to the instance: anyone can choose
 * its description.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/requester-managed-eni.html
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html (interfaceType)
 */
export function interfaceOwner({
  description,
  type,
  instanceId,
}: Pick<Attachment, 'description' | 'type' | 'instanceId'>): InterfaceOwner {
  if (instanceId !== undefined) return 'ec2';
  const byDescription = OWNER_BY_DESCRIPTION.find(([pattern]) => pattern.test(description));
  return OWNER_BY_TYPE.get(type) ?? byDescription?.[1] ?? 'other';
}

/** A VPC's id and its CIDR blocks of both families. */
export interface DescribedVpc {
  readonly id: string;
  readonly cidrs: readonly string[];
}

/**
 * Reads an element of DescribeVpcs. Returns undefined if it has no id. Disassociated blocks are left out.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Vpc.html
 */
export function readVpc(value: unknown): DescribedVpc | undefined {
  const fields = asFields(value) ?? {};
  const id = textField(fields, 'vpcId');
  if (id === undefined) return undefined;
  const cidrs = [
    textField(fields, 'cidrBlock') ?? [],
    associatedBlocks(fields, 'cidrBlock'),
    associatedBlocks(fields, 'ipv6CidrBlock'),
  ];
  return { id, cidrs: [...new Set(cidrs.flat())] };
}

function associatedBlocks(fields: Fields, name: 'cidrBlock' | 'ipv6CidrBlock'): readonly string[] {
  return listField(fields, `${name}AssociationSet`)
    .filter(isFields)
    .filter((association) => textField(partOf(association, `${name}State`), 'state') !== 'disassociated')
    .flatMap((association) => textField(association, name) ?? []);
}

/**
 * Reads the response to DescribeRouteTables: the subnets and VPCs with a route to an internet gateway. A
 * table without a subnet counts for the VPC if it is the main table.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RouteTable.html
 */
export function readInternetRoutes(tables: readonly unknown[]): InternetRoutes {
  const subnets = new Set<string>();
  const vpcs = new Set<string>();
  for (const table of tables.filter(isFields)) {
    if (!listField(table, 'routes').filter(isFields).some(leadsToInternet)) continue;
    for (const association of listField(table, 'associations').filter(isFields)) {
      const subnet = textField(association, 'subnetId');
      if (subnet !== undefined) subnets.add(subnet);
      else if (isTrue(field(association, 'main'))) vpcs.add(textField(table, 'vpcId') ?? '');
    }
  }
  return { subnets, vpcs };
}

/** A detached gateway leaves its routes behind in the state `blackhole`. */
function leadsToInternet(route: Fields): boolean {
  return textField(route, 'gatewayId')?.startsWith('igw-') === true && textField(route, 'state') !== 'blackhole';
}
