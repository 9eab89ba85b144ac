import type {
  CreateDefaultVpcResult,
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
import { passes } from './filters.ts';
import { newResourceId } from './ids.ts';
import { pageOf } from './paging.ts';
import type { VpcRecord } from './records.ts';
import type { Region } from './region.ts';
import { storeRouteTable } from './route-table-store.ts';
import { specifiedTags, tagsOf } from './tags.ts';

/** The VPC of this id. Throws InvalidVpcID.NotFound. */
export function requireVpc(region: Region, id: string): VpcRecord {
  const vpc = region.vpcs.get(id);
  if (!vpc) throw new AwsError('InvalidVpcID.NotFound', `The vpc ID '${id}' does not exist`);
  return vpc;
}

function describedVpc(region: Region, vpc: VpcRecord, state: 'pending' | 'available'): Vpc {
  return {
    VpcId: vpc.id,
    State: state,
    OwnerId: region.account.id,
    CidrBlock: vpc.cidr,
    CidrBlockAssociationSet: [
      {
        CidrBlock: vpc.cidr,
        AssociationId: vpc.id.replace('vpc-', 'vpc-cidr-assoc-'),
        CidrBlockState: { State: 'associated' },
      },
    ],
    Ipv6CidrBlockAssociationSet: [],
    DhcpOptionsId: vpc.id.replace('vpc-', 'dopt-'),
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
  vpc: Omit<VpcRecord, 'id' | 'tenancy'>,
  tenancy: Tenancy = 'default',
): VpcRecord {
  const { account } = region;
  const record = { ...vpc, id: newResourceId(account.random, 'vpc'), tenancy };
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
  const vpc = storeVpc(region, { cidr, isDefault: false }, input.InstanceTenancy);
  region.tags.set(vpc.id, tags);
  return { Vpc: describedVpc(region, vpc, 'pending') };
}

/** CreateDefaultVpc. Throws DefaultVpcAlreadyExists. */
export function createDefaultVpc(region: Region): CreateDefaultVpcResult {
  if ([...region.vpcs.values()].some((vpc) => vpc.isDefault)) {
    throw new AwsError('DefaultVpcAlreadyExists', 'A Default VPC already exists for this account in this region.');
  }
  return { Vpc: describedVpc(region, storeVpc(region, { cidr: '172.31.0.0/16', isDefault: true }), 'pending') };
}

/** DescribeVpcs. Throws InvalidVpcID.NotFound. */
export function describeVpcs(region: Region, input: DescribeVpcsRequest): DescribeVpcsResult {
  const ids = input.VpcIds ?? [];
  const named = ids.length > 0 ? ids.map((id) => requireVpc(region, id)) : [...region.vpcs.values()];
  const found = named.filter((vpc) =>
    passes(
      input.Filters,
      { 'vpc-id': [vpc.id], cidr: [vpc.cidr], 'is-default': [String(vpc.isDefault)], 'owner-id': [region.account.id] },
      region.tags.get(vpc.id),
    ),
  );
  const { items, next } = pageOf(found, input, { min: 5, max: 1000 });
  return { Vpcs: items.map((vpc) => describedVpc(region, vpc, 'available')), ...next };
}

/** DeleteVpc, with its default group. Throws InvalidVpcID.NotFound, DependencyViolation. */
export function deleteVpc(region: Region, input: DeleteVpcRequest): { Return: boolean } {
  const { id } = requireVpc(region, required(input.VpcId, 'vpcId'));
  const groups = [...region.groups.values()].filter((group) => group.vpcId === id);
  const subnets = [...region.subnets.values()].some((subnet) => subnet.vpcId === id);
  if (subnets || groups.some((group) => group.name !== 'default')) {
    throw new AwsError('DependencyViolation', `The vpc '${id}' has dependencies and cannot be deleted.`);
  }
  for (const group of groups) dropGroup(region, group.id);
  for (const table of region.routeTables.values()) if (table.vpcId === id) region.routeTables.delete(table.id);
  region.vpcs.delete(id);
  region.tags.delete(id);
  return { Return: true };
}
