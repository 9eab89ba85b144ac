import type {
  AssociateVpcCidrBlockRequest,
  AssociateVpcCidrBlockResult,
  AttributeBooleanValue,
  CreateDefaultVpcResult,
  CreateVpcRequest,
  CreateVpcResult,
  DeleteVpcRequest,
  DescribeVpcAttributeRequest,
  DescribeVpcAttributeResult,
  DescribeVpcsRequest,
  DescribeVpcsResult,
  ModifyVpcAttributeRequest,
  Tenancy,
  Vpc,
  VpcAttributeName,
} from '@aws-sdk/client-ec2';
import type { Region } from '../../state/account.ts';
import type { VpcRecord } from '../../state/ec2-records.ts';
import { AwsError, invalidParameter, required } from '../../state/operation.ts';
import { type FilterTable, filtered, pageOf } from '../listing.ts';
import { canonicalCidr } from './canonical.ts';
import { zonesOf } from './regions.ts';
import { newResourceId, requestedResources, requireResource, rulesOf, VPC } from './resources.ts';
import { storeInternetGateway, storeRouteTable } from './routing.ts';
import { allEgress, storeRules } from './rules.ts';
import { removeGroup, storeGroup } from './security-groups.ts';
import { storeSubnet } from './subnets.ts';
import { specifiedTags, tagsOf } from './tags.ts';

/**
 * CreateVpc. Throws InvalidVpc.Range, InvalidParameterValue, MissingParameter. The answer does not name the
 * default group.
 */
export function createVpc(region: Region, input: CreateVpcRequest): CreateVpcResult {
  const { cidr } = canonicalCidr(required(input.CidrBlock, 'cidrBlock'), 'ipv4');
  const prefix = Number(cidr.split('/')[1]);
  if (prefix < 16 || prefix > 28) throw new AwsError('InvalidVpc.Range', `The CIDR '${cidr}' is invalid.`);
  const tags = specifiedTags(input.TagSpecifications, 'vpc');
  const vpc = storeVpc(
    region,
    { cidr, isDefault: false },
    { tenancy: input.InstanceTenancy, hasIpv6: input.AmazonProvidedIpv6CidrBlock === true },
  );
  region.tags.set(vpc.id, tags);
  return { Vpc: describedVpc(region, vpc, 'pending') };
}

/** DescribeVpcs. Throws InvalidVpcID.NotFound, InvalidVpcID.Malformed, InvalidParameterValue. */
export function describeVpcs(region: Region, input: DescribeVpcsRequest): DescribeVpcsResult {
  const named = requestedResources(region, VPC, input.VpcIds);
  const found = filtered(named, input.Filters, filtersOn(region), ({ id }) => region.tags.get(id));
  const { items, next } = pageOf(found, input, { min: 5, max: 1000 });
  return { Vpcs: items.map((vpc) => describedVpc(region, vpc, 'available')), ...next };
}

/** DeleteVpc, with its default group. Throws InvalidVpcID.NotFound, DependencyViolation. */
export function deleteVpc(region: Region, input: DeleteVpcRequest): { Return: boolean } {
  const { id } = requireResource(region, VPC, required(input.VpcId, 'vpcId'));
  const groups = [...region.groups.values()].filter((group) => group.vpcId === id);
  const subnets = [...region.subnets.values()].some((subnet) => subnet.vpcId === id);
  const gateways = [...region.internetGateways.values()].some((gateway) => gateway.vpcId === id);
  if (subnets || gateways || groups.some((group) => group.name !== 'default')) {
    throw new AwsError('DependencyViolation', `The vpc '${id}' has dependencies and cannot be deleted.`);
  }
  for (const group of groups) removeGroup(region, group.id);
  for (const table of region.routeTables.values()) if (table.vpcId === id) region.routeTables.delete(table.id);
  region.vpcs.delete(id);
  region.tags.delete(id);
  return { Return: true };
}

/**
 * CreateDefaultVpc: 172.31.0.0/16 with a /20 subnet in each zone, an internet gateway and a route to it.
 * Throws DefaultVpcAlreadyExists.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html
 */
export function createDefaultVpc(region: Region): CreateDefaultVpcResult {
  if ([...region.vpcs.values()].some((vpc) => vpc.isDefault)) {
    throw new AwsError('DefaultVpcAlreadyExists', 'A Default VPC already exists for this account in this region.');
  }
  const vpc = storeVpc(region, { cidr: '172.31.0.0/16', isDefault: true });
  for (const [index, { name }] of zonesOf(region.name).entries()) {
    storeSubnet(region, vpc.id, `172.31.${16 * index}.0/20`, name, { isDefault: true });
  }
  const { id: gatewayId } = storeInternetGateway(region, vpc.id);
  const main = [...region.routeTables.values()].find((table) => table.vpcId === vpc.id && table.main);
  if (main) region.routeTables.set(main.id, { ...main, routes: [{ cidr: '0.0.0.0/0', gatewayId }] });
  return { Vpc: describedVpc(region, vpc, 'pending') };
}

/**
 * AssociateVpcCidrBlock, for an Amazon-provided IPv6 block. Groups with unchanged outbound rules also get the
 * outbound rule for ::/0. Throws InvalidVpcID.NotFound, InvalidParameterValue if the VPC has an IPv6 block
 * already, and UnsupportedOperation for other blocks.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-migrate-ipv6-add.html
 */
export function associateVpcCidrBlock(
  region: Region,
  input: AssociateVpcCidrBlockRequest,
): AssociateVpcCidrBlockResult {
  const vpc = requireResource(region, VPC, required(input.VpcId, 'vpcId'));
  if (!input.AmazonProvidedIpv6CidrBlock) {
    throw new AwsError(
      'UnsupportedOperation',
      'The embedded account implements AssociateVpcCidrBlock with AmazonProvidedIpv6CidrBlock only',
    );
  }
  if (vpc.ipv6Cidr !== undefined) throw invalidParameter(`The vpc ID '${vpc.id}' has the IPv6 block ${vpc.ipv6Cidr}`);
  const changed = { ...vpc, ipv6Cidr: amazonIpv6Cidr(vpc.id) };
  region.vpcs.set(vpc.id, changed);
  const unchanged = [...region.groups.values()].filter(
    (group) => group.vpcId === vpc.id && hasDefaultEgress(region, group.id),
  );
  for (const { id } of unchanged) storeRules(region, [allEgress(id, 'ipv6')]);
  const [association] = ipv6Associations(region, changed, 'associating');
  return { VpcId: vpc.id, ...(association && { Ipv6CidrBlockAssociation: association }) };
}

/**
 * Stores a VPC with its default group, which allows all traffic from itself and all outbound traffic.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
 */
export function storeVpc(
  region: Region,
  vpc: Pick<VpcRecord, 'cidr' | 'isDefault'>,
  { tenancy = 'default', hasIpv6 = false }: { readonly tenancy?: Tenancy | undefined; readonly hasIpv6?: boolean } = {},
): VpcRecord {
  const { account } = region;
  const id = newResourceId(account.random, 'vpc');
  const record = { ...vpc, id, tenancy, ...(hasIpv6 && { ipv6Cidr: amazonIpv6Cidr(id) }) };
  const groupId = newResourceId(account.random, 'sg');
  region.vpcs.set(record.id, record);
  storeRouteTable(region, record.id, true);
  storeGroup(region, { id: groupId, name: 'default', description: 'default VPC security group', vpcId: record.id });
  const source = { kind: 'group', groupId, ownerId: account.id } as const;
  storeRules(region, [{ groupId, direction: 'ingress', protocol: '-1', fromPort: -1, toPort: -1, source }]);
  return record;
}

/** A VPC in EC2's answers. */
function describedVpc(region: Region, vpc: VpcRecord, state: 'pending' | 'available'): Vpc {
  return {
    VpcId: vpc.id,
    State: state,
    OwnerId: region.account.id,
    CidrBlock: vpc.cidr,
    CidrBlockAssociationSet: [
      { CidrBlock: vpc.cidr, AssociationId: cidrAssociationId(vpc.id), CidrBlockState: { State: 'associated' } },
    ],
    Ipv6CidrBlockAssociationSet: [...ipv6Associations(region, vpc, state === 'pending' ? 'associating' : 'associated')],
    DhcpOptionsId: dhcpOptionsId(vpc.id),
    InstanceTenancy: vpc.tenancy,
    Tags: tagsOf(region, vpc.id),
    IsDefault: vpc.isDefault,
  };
}

function filtersOn(region: Region): FilterTable<VpcRecord> {
  const ipv6 = (vpc: VpcRecord) => ipv6Associations(region, vpc, 'associated');
  return {
    cidr: ({ cidr }) => [cidr],
    'cidr-block-association.association-id': ({ id }) => [cidrAssociationId(id)],
    'cidr-block-association.cidr-block': ({ cidr }) => [cidr],
    'cidr-block-association.state': () => ['associated'],
    'dhcp-options-id': ({ id }) => [dhcpOptionsId(id)],
    'ipv6-cidr-block-association.association-id': (vpc) => ipv6(vpc).map(({ AssociationId }) => AssociationId),
    'ipv6-cidr-block-association.ipv6-cidr-block': (vpc) => ipv6(vpc).map(({ Ipv6CidrBlock }) => Ipv6CidrBlock),
    'ipv6-cidr-block-association.ipv6-pool': (vpc) => ipv6(vpc).map(({ Ipv6Pool }) => Ipv6Pool),
    'ipv6-cidr-block-association.state': (vpc) => ipv6(vpc).map(({ Ipv6CidrBlockState }) => Ipv6CidrBlockState.State),
    'is-default': ({ isDefault }) => [String(isDefault)],
    isDefault: ({ isDefault }) => [String(isDefault)],
    'owner-id': () => [region.account.id],
    state: () => ['available'],
    'vpc-id': ({ id }) => [id],
  };
}

/** An Amazon-provided /56 block for a VPC, which depends on the VPC's id only. */
function amazonIpv6Cidr(vpcId: string): string {
  const digits = vpcId.slice(-6);
  return canonicalCidr(`2600:1f18:${digits.slice(0, 4)}:${digits.slice(4)}00::/56`, 'ipv6').cidr;
}

/** The IPv6 blocks of a VPC in EC2's answers. */
function ipv6Associations(region: Region, { id, ipv6Cidr }: VpcRecord, state: 'associating' | 'associated') {
  if (ipv6Cidr === undefined) return [];
  return [
    {
      AssociationId: id.replace('vpc-', 'vpc-cidr-assoc-6'),
      Ipv6CidrBlock: ipv6Cidr,
      Ipv6CidrBlockState: { State: state },
      Ipv6Pool: 'Amazon',
      NetworkBorderGroup: region.name,
    },
  ];
}

/** Whether a group's only outbound rule is EC2's default rule for IPv4. */
function hasDefaultEgress(region: Region, groupId: string): boolean {
  const egress = rulesOf(region, groupId).filter((rule) => rule.direction === 'egress');
  return (
    egress.length === 1 &&
    egress.every(({ protocol, source }) => protocol === '-1' && source.kind === 'ipv4' && source.cidr === '0.0.0.0/0')
  );
}

function cidrAssociationId(id: string): string {
  return id.replace('vpc-', 'vpc-cidr-assoc-');
}

function dhcpOptionsId(id: string): string {
  return id.replace('vpc-', 'dopt-');
}

/** For each attribute of a VPC: the parameter that sets it, and its value in a new VPC. */
const ATTRIBUTES: Readonly<
  Record<
    VpcAttributeName,
    {
      readonly member: 'EnableDnsSupport' | 'EnableDnsHostnames' | 'EnableNetworkAddressUsageMetrics';
      readonly initial: (vpc: VpcRecord) => boolean;
    }
  >
> = {
  enableDnsSupport: { member: 'EnableDnsSupport', initial: () => true },
  enableDnsHostnames: { member: 'EnableDnsHostnames', initial: ({ isDefault }) => isDefault },
  enableNetworkAddressUsageMetrics: { member: 'EnableNetworkAddressUsageMetrics', initial: () => false },
};

function isAttribute(name: string): name is VpcAttributeName {
  return Object.hasOwn(ATTRIBUTES, name);
}

/**
 * DescribeVpcAttribute. Throws MissingParameter, InvalidParameterValue for an unknown attribute,
 * InvalidVpcID.NotFound.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcAttribute.html
 */
export function describeVpcAttribute(region: Region, input: DescribeVpcAttributeRequest): DescribeVpcAttributeResult {
  const vpc = requireResource(region, VPC, required(input.VpcId, 'vpcId'));
  const name: string = required(input.Attribute, 'attribute');
  if (!isAttribute(name))
    throw invalidParameter(`Value (${name}) for parameter attribute is invalid. Unknown attribute.`);
  const { member, initial } = ATTRIBUTES[name];
  return { VpcId: vpc.id, [member]: { Value: vpc.attributes?.[name] ?? initial(vpc) } };
}

/**
 * ModifyVpcAttribute: sets one attribute. Throws InvalidParameterCombination for several attributes,
 * MissingParameter, InvalidVpcID.NotFound.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcAttribute.html
 */
export function modifyVpcAttribute(region: Region, input: ModifyVpcAttributeRequest): object {
  const vpc = requireResource(region, VPC, required(input.VpcId, 'vpcId'));
  const stated = Object.entries(ATTRIBUTES).flatMap(([name, { member }]): readonly (readonly [string, boolean])[] => {
    const value: AttributeBooleanValue | undefined = input[member];
    return value?.Value === undefined ? [] : [[name, value.Value]];
  });
  if (stated.length > 1) {
    throw new AwsError('InvalidParameterCombination', 'Only one attribute can be modified at a time');
  }
  const attributes = { ...vpc.attributes, ...Object.fromEntries(required(stated[0] && stated, 'attribute')) };
  region.vpcs.set(vpc.id, { ...vpc, attributes });
  return {};
}
