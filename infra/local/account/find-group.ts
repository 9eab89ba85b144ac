import { AwsError, missingParameter } from './aws-error.ts';
import type { GroupRecord } from './records.ts';
import type { Region } from './region.ts';
import { GROUP, requireResource } from './resource-kinds.ts';

/** The default VPC's group of this name: names work only there. Throws InvalidGroup.NotFound. */
export function requireGroupByName(region: Region, name: string): GroupRecord {
  const found = [...region.groups.values()].find((group) => group.name === name && isInDefaultVpc(region, group));
  if (!found) throw new AwsError('InvalidGroup.NotFound', `The security group '${name}' does not exist in default VPC`);
  return found;
}

/** The group that a call names by id, or by name in the default VPC. Throws MissingParameter, InvalidGroupId.Malformed, InvalidGroup.NotFound. */
export function namedGroup(
  region: Region,
  input: { readonly GroupId?: string | undefined; readonly GroupName?: string | undefined },
): GroupRecord {
  if (input.GroupId) return requireResource(region, GROUP, input.GroupId);
  if (input.GroupName) return requireGroupByName(region, input.GroupName);
  throw missingParameter('groupName or groupId');
}

/** Whether the group is in the region's default VPC, where EC2 is lenient. */
export function isInDefaultVpc(region: Region, group: GroupRecord): boolean {
  return region.vpcs.get(group.vpcId)?.isDefault === true;
}
