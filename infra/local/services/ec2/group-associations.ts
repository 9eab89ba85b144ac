import type {
  AssociateSecurityGroupVpcRequest,
  AssociateSecurityGroupVpcResult,
  DescribeSecurityGroupVpcAssociationsRequest,
  DescribeSecurityGroupVpcAssociationsResult,
  DisassociateSecurityGroupVpcRequest,
  DisassociateSecurityGroupVpcResult,
  GetSecurityGroupsForVpcRequest,
  GetSecurityGroupsForVpcResult,
} from '@aws-sdk/client-ec2';
import type { Region } from '../../state/account.ts';
import type { GroupAssociationRecord, GroupRecord } from '../../state/ec2-records.ts';
import { invalidParameter, required } from '../../state/operation.ts';
import { type FilterTable, filtered, pageOf } from '../listing.ts';
import { GROUP, requireResource, VPC } from './resources.ts';
import { tagsOf } from './tags.ts';

function keyOf(groupId: string, vpcId: string): string {
  return `${groupId} ${vpcId}`;
}

/**
 * Whether network interfaces in the VPC can use the group: the group was created in the VPC, or is associated
 * with it.
 */
export function isUsableIn(region: Region, { id, vpcId: own }: GroupRecord, vpcId: string): boolean {
  return own === vpcId || region.groupAssociations.has(keyOf(id, vpcId));
}

/**
 * AssociateSecurityGroupVpc. The answer is `associating`; the next describe call shows `associated`. Throws
 * the NotFound error of the group or VPC. Throws InvalidParameterValue for a default group, for the default
 * VPC, and for the group's own VPC.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateSecurityGroupVpc.html
 */
export function associateSecurityGroupVpc(
  region: Region,
  input: AssociateSecurityGroupVpcRequest,
): AssociateSecurityGroupVpcResult {
  const group = requireResource(region, GROUP, required(input.GroupId, 'groupId'));
  const vpc = requireResource(region, VPC, required(input.VpcId, 'vpcId'));
  if (group.name === 'default') throw invalidParameter(`The default security group ${group.id} cannot be associated`);
  if (vpc.isDefault) throw invalidParameter(`Security groups cannot be associated with the default VPC ${vpc.id}`);
  if (group.vpcId === vpc.id) throw invalidParameter(`The security group ${group.id} was created in the VPC ${vpc.id}`);
  region.groupAssociations.set(keyOf(group.id, vpc.id), { groupId: group.id, vpcId: vpc.id, state: 'associated' });
  return { State: 'associating' };
}

/**
 * DisassociateSecurityGroupVpc. The answer is `disassociating`. The next describe call no longer shows the
 * association. If a network interface in the VPC uses the group, that call shows `disassociation-failed`.
 * Throws the NotFound error of the group or VPC, and InvalidParameterValue if the two are not associated.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateSecurityGroupVpc.html
 */
export function disassociateSecurityGroupVpc(
  region: Region,
  input: DisassociateSecurityGroupVpcRequest,
): DisassociateSecurityGroupVpcResult {
  const { id: groupId } = requireResource(region, GROUP, required(input.GroupId, 'groupId'));
  const { id: vpcId } = requireResource(region, VPC, required(input.VpcId, 'vpcId'));
  const key = keyOf(groupId, vpcId);
  const association = region.groupAssociations.get(key);
  if (!association) throw invalidParameter(`The security group ${groupId} is not associated with the VPC ${vpcId}`);
  const isUsed = [...region.interfaces.values()].some((nic) => nic.vpcId === vpcId && nic.groupIds.includes(groupId));
  if (isUsed) {
    const stateReason = `Network interfaces in ${vpcId} use ${groupId}`;
    region.groupAssociations.set(key, { ...association, state: 'disassociation-failed', stateReason });
  } else {
    region.groupAssociations.delete(key);
  }
  return { State: 'disassociating' };
}

function associationFilters(region: Region): FilterTable<GroupAssociationRecord> {
  return {
    'group-id': ({ groupId }) => [groupId],
    'group-owner-id': () => [region.account.id],
    state: ({ state }) => [state],
    'vpc-id': ({ vpcId }) => [vpcId],
    'vpc-owner-id': () => [region.account.id],
  };
}

/** DescribeSecurityGroupVpcAssociations, in pages of 5 to 1,000. */
export function describeSecurityGroupVpcAssociations(
  region: Region,
  input: DescribeSecurityGroupVpcAssociationsRequest,
): DescribeSecurityGroupVpcAssociationsResult {
  const found = filtered([...region.groupAssociations.values()], input.Filters, associationFilters(region));
  const { items, next } = pageOf(found, input, { min: 5, max: 1000 });
  return {
    SecurityGroupVpcAssociations: items.map(({ groupId, vpcId, state, stateReason }) => ({
      GroupId: groupId,
      GroupOwnerId: region.account.id,
      VpcId: vpcId,
      VpcOwnerId: region.account.id,
      State: state,
      ...(stateReason === undefined ? {} : { StateReason: stateReason }),
    })),
    ...next,
  };
}

function usableFilters(region: Region): FilterTable<GroupRecord> {
  return {
    description: ({ description }) => [description],
    'group-id': ({ id }) => [id],
    'group-name': ({ name }) => [name],
    'owner-id': () => [region.account.id],
    'primary-vpc-id': ({ vpcId }) => [vpcId],
  };
}

/**
 * GetSecurityGroupsForVpc: the VPC's own groups and the groups that are associated with it. Throws
 * InvalidVpcID.NotFound.
 */
export function getSecurityGroupsForVpc(
  region: Region,
  input: GetSecurityGroupsForVpcRequest,
): GetSecurityGroupsForVpcResult {
  const { id: vpcId } = requireResource(region, VPC, required(input.VpcId, 'vpcId'));
  const usable = [...region.groups.values()].filter((group) => isUsableIn(region, group, vpcId));
  const { items, next } = pageOf(filtered(usable, input.Filters, usableFilters(region)), input, { min: 5, max: 1000 });
  return {
    SecurityGroupForVpcs: items.map((group) => ({
      GroupId: group.id,
      GroupName: group.name,
      Description: group.description,
      OwnerId: region.account.id,
      PrimaryVpcId: group.vpcId,
      Tags: tagsOf(region, group.id),
    })),
    ...next,
  };
}

/** Removes all associations of the group with VPCs. */
export function removeAssociations(region: Region, groupId: string): void {
  for (const [key, association] of region.groupAssociations) {
    if (association.groupId === groupId) region.groupAssociations.delete(key);
  }
}
