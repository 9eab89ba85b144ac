import type {
  CreateSubnetRequest,
  CreateSubnetResult,
  DeleteSubnetRequest,
  DescribeSubnetsRequest,
  DescribeSubnetsResult,
  Subnet,
} from '@aws-sdk/client-ec2';
import type { Region } from '../../state/account.ts';
import type { SubnetRecord } from '../../state/ec2-records.ts';
import { AwsError, invalidParameter, required } from '../../state/operation.ts';
import { type FilterTable, filtered, pageOf } from '../listing.ts';
import { canonicalCidr } from './canonical.ts';
import { zonesOf } from './regions.ts';
import { newResourceId, requestedResources, requireResource, SUBNET, VPC } from './resources.ts';
import { specifiedTags, tagsOf } from './tags.ts';

/**
 * AWS reserves five addresses of each subnet.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
 */
const RESERVED_ADDRESSES = 5;

function freeAddresses(region: Region, { id, cidr }: SubnetRecord): number {
  const used = [...region.interfaces.values()].filter((nic) => nic.subnetId === id).length;
  return 2 ** (32 - Number(cidr.split('/')[1])) - RESERVED_ADDRESSES - used;
}

function subnetArn(region: Region, id: string): string {
  return `arn:aws:ec2:${region.name}:${region.account.id}:subnet/${id}`;
}

function describedSubnet(region: Region, subnet: SubnetRecord): Subnet {
  const zoneId = zonesOf(region.name).find(({ name }) => name === subnet.zone)?.id;
  return {
    SubnetId: subnet.id,
    State: 'available',
    VpcId: subnet.vpcId,
    CidrBlock: subnet.cidr,
    AvailabilityZone: subnet.zone,
    ...(zoneId === undefined ? {} : { AvailabilityZoneId: zoneId }),
    AvailableIpAddressCount: freeAddresses(region, subnet),
    OwnerId: region.account.id,
    SubnetArn: subnetArn(region, subnet.id),
    DefaultForAz: subnet.isDefault === true,
    MapPublicIpOnLaunch: subnet.isDefault === true,
    Ipv6CidrBlockAssociationSet: [],
    Tags: tagsOf(region, subnet.id),
  };
}

/** Stores a subnet. Its default zone is the region's first zone. */
export function storeSubnet(
  region: Region,
  vpcId: string,
  cidr: string,
  zoneName = `${region.name}a`,
  given: Pick<SubnetRecord, 'isDefault'> = {},
): SubnetRecord {
  const subnet = { id: newResourceId(region.account.random, 'subnet'), vpcId, cidr, zone: zoneName, ...given };
  region.subnets.set(subnet.id, subnet);
  return subnet;
}

/** The name of the zone that the call names. Throws InvalidParameterValue for a zone of another region. */
function zoneFor(region: Region, { AvailabilityZone: name, AvailabilityZoneId: id }: CreateSubnetRequest) {
  if (name === undefined && id === undefined) return undefined;
  const zones = zonesOf(region.name);
  const found = zones.find((candidate) => candidate.name === name || candidate.id === id);
  if (found) return found.name;
  throw invalidParameter(
    `Value (${name ?? id}) for parameter availabilityZone is invalid. Subnets can currently only be created in the following ` +
      `availability zones: ${zones.map((known) => known.name).join(', ')}.`,
  );
}

/** CreateSubnet. Throws InvalidVpcID.NotFound, InvalidParameterValue, MissingParameter. */
export function createSubnet(region: Region, input: CreateSubnetRequest): CreateSubnetResult {
  const vpc = requireResource(region, VPC, required(input.VpcId, 'vpcId'));
  const { cidr } = canonicalCidr(required(input.CidrBlock, 'cidrBlock'), 'ipv4');
  const tags = specifiedTags(input.TagSpecifications, 'subnet');
  const subnet = storeSubnet(region, vpc.id, cidr, zoneFor(region, input));
  region.tags.set(subnet.id, tags);
  return { Subnet: describedSubnet(region, subnet) };
}

function zone({ zone: name }: SubnetRecord): readonly string[] {
  return [name];
}

function block({ cidr }: SubnetRecord): readonly string[] {
  return [cidr];
}

function isDefault(subnet: SubnetRecord): readonly string[] {
  return [String(subnet.isDefault === true)];
}

function filtersOn(region: Region): FilterTable<SubnetRecord> {
  const zoneId = ({ zone: name }: SubnetRecord) =>
    zonesOf(region.name).flatMap((known) => (known.name === name ? [known.id] : []));
  return {
    'availability-zone': zone,
    availabilityZone: zone,
    'availability-zone-id': zoneId,
    availabilityZoneId: zoneId,
    'available-ip-address-count': (subnet) => [String(freeAddresses(region, subnet))],
    'cidr-block': block,
    cidr: block,
    cidrBlock: block,
    'default-for-az': isDefault,
    defaultForAz: isDefault,
    'ipv6-native': () => ['false'],
    'map-public-ip-on-launch': isDefault,
    'owner-id': () => [region.account.id],
    state: () => ['available'],
    'subnet-arn': ({ id }) => [subnetArn(region, id)],
    'subnet-id': ({ id }) => [id],
    'vpc-id': ({ vpcId }) => [vpcId],
  };
}

/** DescribeSubnets. Throws InvalidSubnetID.NotFound, InvalidSubnetID.Malformed, InvalidParameterValue. */
export function describeSubnets(region: Region, input: DescribeSubnetsRequest): DescribeSubnetsResult {
  const named = requestedResources(region, SUBNET, input.SubnetIds);
  const found = filtered(named, input.Filters, filtersOn(region), ({ id }) => region.tags.get(id));
  const { items, next } = pageOf(found, input, { min: 5, max: 1000 });
  return { Subnets: items.map((subnet) => describedSubnet(region, subnet)), ...next };
}

/** DeleteSubnet. Throws InvalidSubnetID.NotFound, DependencyViolation while a network interface is in it. */
export function deleteSubnet(region: Region, input: DeleteSubnetRequest): object {
  const { id } = requireResource(region, SUBNET, required(input.SubnetId, 'subnetId'));
  if ([...region.interfaces.values()].some((nic) => nic.subnetId === id)) {
    throw new AwsError('DependencyViolation', `The subnet '${id}' has dependencies and cannot be deleted.`);
  }
  for (const table of region.routeTables.values()) {
    const subnets = new Map([...table.subnets].filter(([, subnetId]) => subnetId !== id));
    if (subnets.size < table.subnets.size) region.routeTables.set(table.id, { ...table, subnets });
  }
  region.subnets.delete(id);
  region.tags.delete(id);
  return {};
}
