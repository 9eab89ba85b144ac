import type {
  CreateVpcRequest,
  CreateVpcResult,
  DeleteVpcRequest,
  DescribeVpcsRequest,
  DescribeVpcsResult,
  Tenancy,
  Vpc,
} from '@aws-sdk/client-ec2';
import { storeRules } from './authorize.ts';
import { AwsError, required } from './aws-error.ts';
import { canonicalCidr } from './cidr.ts';
import { dropGroup, storeGroup } from './create-group.ts';
import { type FilterTable, filtered } from './filters.ts';
import { newResourceId } from './ids.ts';
import { pageOf } from './paging.ts';
import type { VpcRecord } from './records.ts';
import type { Region } from './region.ts';
import { requestedResources, requireResource, VPC } from './resource-kinds.ts';
import { storeRouteTable } from './route-table-store.ts';
import { specifiedTags, tagsOf } from './tags.ts';
import { amazonIpv6Cidr, ipv6Associations } from './vpc-ipv6.ts';

function cidrAssociationId(id: string): string {
  return id.replace('vpc-', 'vpc-cidr-assoc-');
}

function dhcpOptionsId(id: string): string {
  return id.replace('vpc-', 'dopt-');
}

/** A VPC as EC2 answers it. */
export function describedVpc(region: Region, vpc: VpcRecord, state: 'pending' | 'available'): Vpc {
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

/**
 * Stores a VPC with its default group: all traffic in from itself, all traffic out.
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

/** CreateVpc. Throws InvalidVpc.Range, InvalidParameterValue, MissingParameter. The answer does not name the default group. */
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
  for (const group of groups) dropGroup(region, group.id);
  for (const table of region.routeTables.values()) if (table.vpcId === id) region.routeTables.delete(table.id);
  region.vpcs.delete(id);
  region.tags.delete(id);
  return { Return: true };
}
