import type { NetworkInterface } from '@aws-sdk/client-ec2';
import type { FilterTable } from './filters.ts';
import { zonesOf } from './geography.ts';
import type { Region } from './region.ts';

function own(value: string | boolean | number | undefined): readonly string[] {
  return value === undefined ? [] : [String(value)];
}

/** The filters of DescribeNetworkInterfaces, which compare what that call shows. */
export function interfaceFilters(region: Region): FilterTable<NetworkInterface> {
  return {
    'addresses.association.public-ip': ({ Association }) => own(Association?.PublicIp),
    'addresses.association.owner-id': ({ Association }) => own(Association?.IpOwnerId),
    'addresses.primary': ({ PrivateIpAddresses = [] }) => PrivateIpAddresses.flatMap(({ Primary }) => own(Primary)),
    'addresses.private-ip-address': ({ PrivateIpAddresses = [] }) =>
      PrivateIpAddresses.flatMap(({ PrivateIpAddress }) => own(PrivateIpAddress)),
    'association.ip-owner-id': ({ Association }) => own(Association?.IpOwnerId),
    'association.public-dns-name': ({ Association }) => own(Association?.PublicDnsName),
    'association.public-ip': ({ Association }) => own(Association?.PublicIp),
    'attachment.attachment-id': ({ Attachment }) => own(Attachment?.AttachmentId),
    'attachment.delete-on-termination': ({ Attachment }) => own(Attachment?.DeleteOnTermination),
    'attachment.device-index': ({ Attachment }) => own(Attachment?.DeviceIndex),
    'attachment.instance-id': ({ Attachment }) => own(Attachment?.InstanceId),
    'attachment.instance-owner-id': ({ Attachment }) => own(Attachment?.InstanceOwnerId),
    'attachment.status': ({ Attachment }) => own(Attachment?.Status),
    'availability-zone': ({ AvailabilityZone }) => own(AvailabilityZone),
    'availability-zone-id': ({ AvailabilityZone }) =>
      zonesOf(region.name).flatMap(({ name, id }) => (name === AvailabilityZone ? [id] : [])),
    description: ({ Description }) => own(Description),
    'group-id': ({ Groups = [] }) => Groups.flatMap(({ GroupId }) => own(GroupId)),
    'group-name': ({ Groups = [] }) => Groups.flatMap(({ GroupName }) => own(GroupName)),
    'interface-type': ({ InterfaceType }) => own(InterfaceType),
    'ipv6-addresses.ipv6-address': ({ Ipv6Addresses = [] }) =>
      Ipv6Addresses.flatMap(({ Ipv6Address }) => own(Ipv6Address)),
    'mac-address': ({ MacAddress }) => own(MacAddress),
    'network-interface-id': ({ NetworkInterfaceId }) => own(NetworkInterfaceId),
    'owner-id': ({ OwnerId }) => own(OwnerId),
    'private-dns-name': ({ PrivateDnsName }) => own(PrivateDnsName),
    'private-ip-address': ({ PrivateIpAddress }) => own(PrivateIpAddress),
    'requester-id': ({ RequesterId }) => own(RequesterId),
    'requester-managed': ({ RequesterManaged }) => own(RequesterManaged),
    'source-dest-check': ({ SourceDestCheck }) => own(SourceDestCheck),
    status: ({ Status }) => own(Status),
    'subnet-id': ({ SubnetId }) => own(SubnetId),
    'vpc-id': ({ VpcId }) => own(VpcId),
  };
}
