import type {
  CreateSubnetRequest,
  CreateSubnetResult,
  DescribeSubnetsRequest,
  DescribeSubnetsResult,
  Subnet,
} from '@aws-sdk/client-ec2';
import { AwsError, required } from './aws-error.ts';
import { canonicalCidr } from './cidr.ts';
import { passes } from './filters.ts';
import { newResourceId } from './ids.ts';
import { pageOf } from './paging.ts';
import type { SubnetRecord } from './records.ts';
import type { Region } from './region.ts';
import { specifiedTags, tagsOf } from './tags.ts';
import { requireVpc } from './vpcs.ts';

/** AWS keeps five addresses of each subnet. @see https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
const RESERVED_ADDRESSES = 5;

/** The subnet of this id. Throws InvalidSubnetID.NotFound. */
export function requireSubnet(region: Region, id: string): SubnetRecord {
  const subnet = region.subnets.get(id);
  if (!subnet) throw new AwsError('InvalidSubnetID.NotFound', `The subnet ID '${id}' does not exist`);
  return subnet;
}

function describedSubnet(region: Region, subnet: SubnetRecord): Subnet {
  const used = [...region.interfaces.values()].filter((nic) => nic.subnetId === subnet.id).length;
  return {
    SubnetId: subnet.id,
    State: 'available',
    VpcId: subnet.vpcId,
    CidrBlock: subnet.cidr,
    AvailabilityZone: subnet.zone,
    AvailableIpAddressCount: 2 ** (32 - Number(subnet.cidr.split('/')[1])) - RESERVED_ADDRESSES - used,
    OwnerId: region.account.id,
    SubnetArn: `arn:aws:ec2:${region.name}:${region.account.id}:subnet/${subnet.id}`,
    DefaultForAz: false,
    MapPublicIpOnLaunch: false,
    Ipv6CidrBlockAssociationSet: [],
    Tags: tagsOf(region, subnet.id),
  };
}

/** Stores a subnet in the region's first zone unless another is stated. */
export function storeSubnet(region: Region, vpcId: string, cidr: string, zone = `${region.name}a`): SubnetRecord {
  const subnet = { id: newResourceId(region.account.random, 'subnet'), vpcId, cidr, zone };
  region.subnets.set(subnet.id, subnet);
  return subnet;
}

/** CreateSubnet. Throws InvalidVpcID.NotFound, InvalidParameterValue, MissingParameter. */
export function createSubnet(region: Region, input: CreateSubnetRequest): CreateSubnetResult {
  const vpc = requireVpc(region, required(input.VpcId, 'vpcId'));
  const { cidr } = canonicalCidr(required(input.CidrBlock, 'cidrBlock'), 'ipv4');
  const tags = specifiedTags(input.TagSpecifications, 'subnet');
  const subnet = storeSubnet(region, vpc.id, cidr, input.AvailabilityZone);
  region.tags.set(subnet.id, tags);
  return { Subnet: describedSubnet(region, subnet) };
}

/** DescribeSubnets. Throws InvalidSubnetID.NotFound. */
export function describeSubnets(region: Region, input: DescribeSubnetsRequest): DescribeSubnetsResult {
  const ids = input.SubnetIds ?? [];
  const named = ids.length > 0 ? ids.map((id) => requireSubnet(region, id)) : [...region.subnets.values()];
  const found = named.filter((subnet) =>
    passes(
      input.Filters,
      { 'vpc-id': [subnet.vpcId], 'subnet-id': [subnet.id], 'availability-zone': [subnet.zone] },
      region.tags.get(subnet.id),
    ),
  );
  const { items, next } = pageOf(found, input, { min: 5, max: 1000 });
  return { Subnets: items.map((subnet) => describedSubnet(region, subnet)), ...next };
}
