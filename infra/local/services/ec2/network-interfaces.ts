import type {
  CreateNetworkInterfaceRequest,
  CreateNetworkInterfaceResult,
  DeleteNetworkInterfaceRequest,
  DescribeNetworkInterfacesRequest,
  DescribeNetworkInterfacesResult,
  ModifyNetworkInterfaceAttributeRequest,
  NetworkInterface,
} from '@aws-sdk/client-ec2';
import type { Region } from '../../state/account.ts';
import type { InterfaceRecord, SubnetRecord } from '../../state/ec2-records.ts';
import { AwsError, type Caller, required } from '../../state/operation.ts';
import { type FilterTable, filtered, pageOf } from '../listing.ts';
import { isUsableIn } from './group-associations.ts';
import { zonesOf } from './regions.ts';
import { GROUP, INTERFACE, newResourceId, requestedResources, requireResource, SUBNET } from './resources.ts';
import { specifiedTags, tagsOf } from './tags.ts';

/** CreateNetworkInterface. An interface without groups gets the VPC's default group. */
export function createNetworkInterface(
  region: Region,
  input: CreateNetworkInterfaceRequest,
  caller: Caller,
): CreateNetworkInterfaceResult {
  const subnet = requireResource(region, SUBNET, required(input.SubnetId, 'subnetId'));
  const groupIds = groupsFor(region, subnet.vpcId, input.Groups ?? []);
  const tags = specifiedTags(input.TagSpecifications, 'network-interface');
  const nic = storeInterface(region, subnet, {
    groupIds,
    description: input.Description ?? '',
    type: input.InterfaceType ?? 'interface',
    status: 'available',
    requesterId: caller.userId,
    requesterManaged: false,
    ...(input.PrivateIpAddress ? { privateIp: input.PrivateIpAddress } : {}),
  });
  region.tags.set(nic.id, tags);
  return { NetworkInterface: describedInterface(region, nic) };
}

/** DescribeNetworkInterfaces. Throws the errors of `requestedResources` and `filtered`. */
export function describeNetworkInterfaces(
  region: Region,
  input: DescribeNetworkInterfacesRequest,
): DescribeNetworkInterfacesResult {
  const named = requestedResources(region, INTERFACE, input.NetworkInterfaceIds);
  const found = filtered(
    named.map((nic) => describedInterface(region, nic)),
    input.Filters,
    interfaceFilters(region),
    ({ NetworkInterfaceId = '' }) => region.tags.get(NetworkInterfaceId),
  );
  const { items, next } = pageOf(found, input, { min: 5, max: 1000 });
  return { NetworkInterfaces: [...items], ...next };
}

/** ModifyNetworkInterfaceAttribute: changes the groups or the description. */
export function modifyNetworkInterfaceAttribute(
  region: Region,
  input: ModifyNetworkInterfaceAttributeRequest,
): { Return: boolean } {
  const nic = requireInterface(region, input.NetworkInterfaceId);
  const groupIds = input.Groups ? groupsFor(region, nic.vpcId, input.Groups) : nic.groupIds;
  region.interfaces.set(nic.id, { ...nic, groupIds, description: input.Description?.Value ?? nic.description });
  return { Return: true };
}

/** DeleteNetworkInterface. Throws InvalidNetworkInterface.InUse, InvalidNetworkInterfaceID.NotFound. */
export function deleteNetworkInterface(region: Region, input: DeleteNetworkInterfaceRequest): { Return: boolean } {
  const nic = requireInterface(region, input.NetworkInterfaceId);
  if (nic.status === 'in-use') {
    throw new AwsError('InvalidNetworkInterface.InUse', `Network interface '${nic.id}' is currently in use.`);
  }
  region.interfaces.delete(nic.id);
  region.tags.delete(nic.id);
  return { Return: true };
}

/**
 * Security groups of one interface.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
 */
const GROUPS_PER_INTERFACE = 5;

function requireInterface(region: Region, id: string | undefined): InterfaceRecord {
  return requireResource(region, INTERFACE, required(id, 'networkInterfaceId'));
}

/**
 * The requested groups, each of which must be usable in the VPC. Without requested groups, the VPC's default
 * group.
 */
function groupsFor(region: Region, vpcId: string, stated: readonly string[]): readonly string[] {
  if (stated.length > GROUPS_PER_INTERFACE) {
    const message = `The maximum number of security groups per interface (${GROUPS_PER_INTERFACE}) has been reached.`;
    throw new AwsError('SecurityGroupsPerInterfaceLimitExceeded', message);
  }
  for (const id of stated) {
    if (isUsableIn(region, requireResource(region, GROUP, id), vpcId)) continue;
    throw new AwsError('InvalidGroup.NotFound', `The security group '${id}' does not exist in VPC '${vpcId}'`);
  }
  if (stated.length > 0) return stated;
  return [...region.groups.values()]
    .filter((group) => group.vpcId === vpcId && group.name === 'default')
    .map((group) => group.id);
}

/** Stores an interface in a subnet. */
export function storeInterface(
  region: Region,
  subnet: SubnetRecord,
  given: Pick<InterfaceRecord, 'groupIds' | 'description' | 'type' | 'status' | 'requesterManaged'> &
    Partial<InterfaceRecord>,
): InterfaceRecord {
  const nic: InterfaceRecord = {
    id: newResourceId(region.account.random, 'eni'),
    subnetId: subnet.id,
    vpcId: subnet.vpcId,
    zone: subnet.zone,
    privateIp: nextAddress(region, subnet),
    ...given,
  };
  region.interfaces.set(nic.id, nic);
  return nic;
}

/** The first free address of a subnet, after the four addresses that AWS reserves at its start. */
function nextAddress(region: Region, subnet: SubnetRecord): string {
  const used = [...region.interfaces.values()].filter((nic) => nic.subnetId === subnet.id).length;
  const parts = (subnet.cidr.split('/')[0] ?? '').split('.').map(Number);
  const value = parts.reduce((sum, part) => sum * 256 + part, 0) + 4 + used;
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

/** A network interface in EC2's answers. */
function describedInterface(region: Region, nic: InterfaceRecord): NetworkInterface {
  return {
    ...publicAddress(region, nic),
    ...attachment(region, nic),
    AvailabilityZone: nic.zone,
    Description: nic.description,
    Groups: nic.groupIds.map((GroupId) => ({ GroupId, GroupName: region.groups.get(GroupId)?.name ?? '' })),
    InterfaceType: nic.type,
    Ipv6Addresses: [],
    MacAddress: macAddress(nic.id),
    NetworkInterfaceId: nic.id,
    OwnerId: region.account.id,
    PrivateIpAddress: nic.privateIp,
    PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: nic.privateIp }],
    ...(nic.requesterId === undefined ? {} : { RequesterId: nic.requesterId }),
    RequesterManaged: nic.requesterManaged,
    SourceDestCheck: true,
    Status: nic.status,
    SubnetId: nic.subnetId,
    TagSet: tagsOf(region, nic.id),
    VpcId: nic.vpcId,
  };
}

function publicAddress(region: Region, { publicIp }: InterfaceRecord): NetworkInterface {
  if (publicIp === undefined) return {};
  const name = `ec2-${publicIp.replaceAll('.', '-')}.${region.name}.compute.amazonaws.com`;
  return { Association: { IpOwnerId: 'amazon', PublicDnsName: name, PublicIp: publicIp } };
}

function attachment(region: Region, { id, status, requesterId, requesterManaged }: InterfaceRecord): NetworkInterface {
  if (status !== 'in-use') return {};
  return {
    Attachment: {
      AttachmentId: id.replace('eni-', 'eni-attach-'),
      DeleteOnTermination: true,
      DeviceIndex: 0,
      InstanceOwnerId: (requesterManaged ? requesterId : undefined) ?? region.account.id,
      Status: 'attached',
    },
  };
}

/** A locally administered MAC address that depends on the interface's id only. */
function macAddress(id: string): string {
  return `02:${(id.slice(-10).match(/../g) ?? []).join(':')}`;
}

function filterValues(value: string | boolean | number | undefined): readonly string[] {
  return value === undefined ? [] : [String(value)];
}

/** The filters of DescribeNetworkInterfaces. They compare values of that operation's answer. */
function interfaceFilters(region: Region): FilterTable<NetworkInterface> {
  return {
    'addresses.association.public-ip': ({ Association }) => filterValues(Association?.PublicIp),
    'addresses.association.owner-id': ({ Association }) => filterValues(Association?.IpOwnerId),
    'addresses.primary': ({ PrivateIpAddresses = [] }) =>
      PrivateIpAddresses.flatMap(({ Primary }) => filterValues(Primary)),
    'addresses.private-ip-address': ({ PrivateIpAddresses = [] }) =>
      PrivateIpAddresses.flatMap(({ PrivateIpAddress }) => filterValues(PrivateIpAddress)),
    'association.ip-owner-id': ({ Association }) => filterValues(Association?.IpOwnerId),
    'association.public-dns-name': ({ Association }) => filterValues(Association?.PublicDnsName),
    'association.public-ip': ({ Association }) => filterValues(Association?.PublicIp),
    'attachment.attachment-id': ({ Attachment }) => filterValues(Attachment?.AttachmentId),
    'attachment.delete-on-termination': ({ Attachment }) => filterValues(Attachment?.DeleteOnTermination),
    'attachment.device-index': ({ Attachment }) => filterValues(Attachment?.DeviceIndex),
    'attachment.instance-id': ({ Attachment }) => filterValues(Attachment?.InstanceId),
    'attachment.instance-owner-id': ({ Attachment }) => filterValues(Attachment?.InstanceOwnerId),
    'attachment.status': ({ Attachment }) => filterValues(Attachment?.Status),
    'availability-zone': ({ AvailabilityZone }) => filterValues(AvailabilityZone),
    'availability-zone-id': ({ AvailabilityZone }) =>
      zonesOf(region.name).flatMap(({ name, id }) => (name === AvailabilityZone ? [id] : [])),
    description: ({ Description }) => filterValues(Description),
    'group-id': ({ Groups = [] }) => Groups.flatMap(({ GroupId }) => filterValues(GroupId)),
    'group-name': ({ Groups = [] }) => Groups.flatMap(({ GroupName }) => filterValues(GroupName)),
    'interface-type': ({ InterfaceType }) => filterValues(InterfaceType),
    'ipv6-addresses.ipv6-address': ({ Ipv6Addresses = [] }) =>
      Ipv6Addresses.flatMap(({ Ipv6Address }) => filterValues(Ipv6Address)),
    'mac-address': ({ MacAddress }) => filterValues(MacAddress),
    'network-interface-id': ({ NetworkInterfaceId }) => filterValues(NetworkInterfaceId),
    'owner-id': ({ OwnerId }) => filterValues(OwnerId),
    'private-dns-name': ({ PrivateDnsName }) => filterValues(PrivateDnsName),
    'private-ip-address': ({ PrivateIpAddress }) => filterValues(PrivateIpAddress),
    'requester-id': ({ RequesterId }) => filterValues(RequesterId),
    'requester-managed': ({ RequesterManaged }) => filterValues(RequesterManaged),
    'source-dest-check': ({ SourceDestCheck }) => filterValues(SourceDestCheck),
    status: ({ Status }) => filterValues(Status),
    'subnet-id': ({ SubnetId }) => filterValues(SubnetId),
    'vpc-id': ({ VpcId }) => filterValues(VpcId),
  };
}
