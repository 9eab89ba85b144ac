import type { NetworkInterface } from '@aws-sdk/client-ec2';
import type { InterfaceRecord } from './records.ts';
import type { Region } from './region.ts';
import { tagsOf } from './tags.ts';

/** A hardware address made from the interface's id: locally administered, the same at each look. */
function macAddress(id: string): string {
  return `02:${(id.slice(-10).match(/../g) ?? []).join(':')}`;
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

/** An interface as EC2 answers it. */
export function describedInterface(region: Region, nic: InterfaceRecord): NetworkInterface {
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
