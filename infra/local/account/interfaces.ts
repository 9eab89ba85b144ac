import type {
  CreateNetworkInterfaceRequest,
  CreateNetworkInterfaceResult,
  DeleteNetworkInterfaceRequest,
  DescribeNetworkInterfacesRequest,
  DescribeNetworkInterfacesResult,
  ModifyNetworkInterfaceAttributeRequest,
} from '@aws-sdk/client-ec2';
import { AwsError, required } from './aws-error.ts';
import { passes } from './filters.ts';
import { requireGroup } from './find-group.ts';
import { newResourceId } from './ids.ts';
import { describedInterface } from './interface-output.ts';
import type { Caller } from './operation.ts';
import { pageOf } from './paging.ts';
import type { InterfaceRecord, SubnetRecord } from './records.ts';
import type { Region } from './region.ts';
import { requireSubnet } from './subnets.ts';
import { specifiedTags } from './tags.ts';

/** Groups on one interface. @see https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
const GROUPS_PER_INTERFACE = 5;

function requireInterface(region: Region, id: string | undefined): InterfaceRecord {
  const nic = region.interfaces.get(required(id, 'networkInterfaceId'));
  if (!nic) {
    throw new AwsError('InvalidNetworkInterfaceID.NotFound', `The networkInterface ID '${id}' does not exist`);
  }
  return nic;
}

/** The groups stated, all of the VPC; with none stated, its default group. */
function groupsFor(region: Region, vpcId: string, stated: readonly string[]): readonly string[] {
  if (stated.length > GROUPS_PER_INTERFACE) {
    const message = `The maximum number of security groups per interface (${GROUPS_PER_INTERFACE}) has been reached.`;
    throw new AwsError('SecurityGroupsPerInterfaceLimitExceeded', message);
  }
  for (const id of stated) {
    if (requireGroup(region, id).vpcId === vpcId) continue;
    throw new AwsError('InvalidGroup.NotFound', `The security group '${id}' does not exist in VPC '${vpcId}'`);
  }
  if (stated.length > 0) return stated;
  return [...region.groups.values()]
    .filter((group) => group.vpcId === vpcId && group.name === 'default')
    .map((group) => group.id);
}

/** The first free address of a subnet, after the four that AWS keeps at its start. */
function nextAddress(region: Region, subnet: SubnetRecord): string {
  const used = [...region.interfaces.values()].filter((nic) => nic.subnetId === subnet.id).length;
  const parts = (subnet.cidr.split('/')[0] ?? '').split('.').map(Number);
  const value = parts.reduce((sum, part) => sum * 256 + part, 0) + 4 + used;
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
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

/** CreateNetworkInterface; without groups it gets the VPC's default group. */
export function createNetworkInterface(
  region: Region,
  input: CreateNetworkInterfaceRequest,
  caller: Caller,
): CreateNetworkInterfaceResult {
  const subnet = requireSubnet(region, required(input.SubnetId, 'subnetId'));
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

function isWanted(region: Region, input: DescribeNetworkInterfacesRequest, nic: InterfaceRecord): boolean {
  const fields = {
    'network-interface-id': [nic.id],
    'group-id': nic.groupIds,
    'group-name': nic.groupIds.map((id) => region.groups.get(id)?.name ?? ''),
    'vpc-id': [nic.vpcId],
    'subnet-id': [nic.subnetId],
    description: [nic.description],
    'interface-type': [nic.type],
    status: [nic.status],
    'requester-id': nic.requesterId === undefined ? [] : [nic.requesterId],
    'association.public-ip': nic.publicIp === undefined ? [] : [nic.publicIp],
  };
  return passes(input.Filters, fields, region.tags.get(nic.id));
}

/** DescribeNetworkInterfaces. Throws InvalidNetworkInterfaceID.NotFound. */
export function describeNetworkInterfaces(
  region: Region,
  input: DescribeNetworkInterfacesRequest,
): DescribeNetworkInterfacesResult {
  const ids = input.NetworkInterfaceIds ?? [];
  const named = ids.length > 0 ? ids.map((id) => requireInterface(region, id)) : [...region.interfaces.values()];
  const found = named.filter((nic) => isWanted(region, input, nic));
  const { items, next } = pageOf(found, input, { min: 5, max: 1000 });
  return { NetworkInterfaces: items.map((nic) => describedInterface(region, nic)), ...next };
}

/** ModifyNetworkInterfaceAttribute: the groups or the description. */
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
