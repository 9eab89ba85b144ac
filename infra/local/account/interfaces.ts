import type {
  CreateNetworkInterfaceRequest,
  CreateNetworkInterfaceResult,
  DeleteNetworkInterfaceRequest,
  DescribeNetworkInterfacesRequest,
  DescribeNetworkInterfacesResult,
  ModifyNetworkInterfaceAttributeRequest,
} from '@aws-sdk/client-ec2';
import { AwsError, required } from './aws-error.ts';
import { filtered } from './filters.ts';
import { isUsableIn } from './group-associations.ts';
import { newResourceId } from './ids.ts';
import { interfaceFilters } from './interface-filters.ts';
import { describedInterface } from './interface-output.ts';
import type { Caller } from './operation.ts';
import { pageOf } from './paging.ts';
import type { InterfaceRecord, SubnetRecord } from './records.ts';
import type { Region } from './region.ts';
import { GROUP, INTERFACE, requestedResources, requireResource, SUBNET } from './resource-kinds.ts';
import { specifiedTags } from './tags.ts';

/** Groups on one interface. @see https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
const GROUPS_PER_INTERFACE = 5;

function requireInterface(region: Region, id: string | undefined): InterfaceRecord {
  return requireResource(region, INTERFACE, required(id, 'networkInterfaceId'));
}

/** The groups stated, all of them usable in the VPC; with none stated, its default group. */
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

/** DescribeNetworkInterfaces. Throws InvalidNetworkInterfaceID.NotFound, InvalidNetworkInterfaceId.Malformed, InvalidParameterValue. */
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
