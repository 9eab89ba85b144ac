import { AwsError, missingParameter } from './aws-error.ts';
import type { GroupRecord } from './records.ts';
import type { Region } from './region.ts';

function malformedGroupId(id: string): AwsError {
  return new AwsError('InvalidGroupId.Malformed', `Invalid id: "${id}" (expecting "sg-...")`);
}

/** The group of this id. Throws InvalidGroupId.Malformed, InvalidGroup.NotFound. */
export function requireGroup(region: Region, id: string): GroupRecord {
  if (!/^sg-[0-9a-f]{8}(?:[0-9a-f]{9})?$/.test(id)) throw malformedGroupId(id);
  const group = region.groups.get(id);
  if (!group) throw new AwsError('InvalidGroup.NotFound', `The security group '${id}' does not exist`);
  return group;
}

/** The default VPC's group of this name: names work only there. Throws InvalidGroup.NotFound. */
export function requireGroupByName(region: Region, name: string): GroupRecord {
  const found = [...region.groups.values()].find((group) => group.name === name && isInDefaultVpc(region, group));
  if (!found) throw new AwsError('InvalidGroup.NotFound', `The security group '${name}' does not exist in default VPC`);
  return found;
}

/** The group that a call names by id, or by name in the default VPC. Throws MissingParameter and as above. */
export function namedGroup(
  region: Region,
  input: { readonly GroupId?: string | undefined; readonly GroupName?: string | undefined },
): GroupRecord {
  if (input.GroupId) return requireGroup(region, input.GroupId);
  if (input.GroupName) return requireGroupByName(region, input.GroupName);
  throw missingParameter('groupName or groupId');
}

/** Whether the group is in the region's default VPC, where EC2 is lenient. */
export function isInDefaultVpc(region: Region, group: GroupRecord): boolean {
  return region.vpcs.get(group.vpcId)?.isDefault === true;
}
