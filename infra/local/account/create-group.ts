import type {
  CreateSecurityGroupRequest,
  CreateSecurityGroupResult,
  DeleteSecurityGroupRequest,
  DeleteSecurityGroupResult,
} from '@aws-sdk/client-ec2';
import { storeRules } from './authorize.ts';
import { AwsError, invalidParameter, required } from './aws-error.ts';
import { allEgress } from './default-egress.ts';
import { groupArn } from './describe-groups.ts';
import { namedGroup } from './find-group.ts';
import { rulesOf } from './find-rule.ts';
import { dropAssociations } from './group-associations.ts';
import { newResourceId } from './ids.ts';
import type { GroupRecord } from './records.ts';
import type { Region } from './region.ts';
import { requireResource, VPC } from './resource-kinds.ts';
import { dropRules } from './revoke.ts';
import { specifiedTags, tagsOf } from './tags.ts';

/** What EC2 allows in a group's name and description. @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html */
const TEXT = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/;

function vpcFor(region: Region, stated: string | undefined): string {
  if (stated === undefined) {
    const standard = [...region.vpcs.values()].find((vpc) => vpc.isDefault);
    if (!standard) throw new AwsError('VPCIdNotSpecified', 'No default VPC for this user');
    return standard.id;
  }
  return requireResource(region, VPC, stated).id;
}

/**
 * The name that the group gets: EC2 drops spaces at the end, and names of a VPC that differ only in case are the same name.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
 */
function checkedName(region: Region, vpcId: string, stated: string): string {
  const name = required(stated.trimEnd(), 'groupName');
  const folded = name.toLowerCase();
  if (!TEXT.test(stated)) throw invalidParameter(`Invalid security group name '${stated}'.`);
  if (name.startsWith('sg-')) {
    throw invalidParameter(`Invalid value '${name}' for groupName. Names may not be in format sg-*.`);
  }
  if (folded === 'default') {
    throw new AwsError('InvalidGroup.Reserved', "The security group 'default' is reserved");
  }
  if ([...region.groups.values()].some((group) => group.vpcId === vpcId && group.name.toLowerCase() === folded)) {
    const message = `The security group '${name}' already exists for VPC '${vpcId}'`;
    throw new AwsError('InvalidGroup.Duplicate', message);
  }
  return name;
}

/**
 * Stores a group with the outbound rules that EC2 gives to every new one: to 0.0.0.0/0, and to ::/0 if the VPC has an IPv6 block.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
 */
export function storeGroup(region: Region, group: GroupRecord): void {
  region.groups.set(group.id, group);
  storeRules(region, [allEgress(group.id, 'ipv4')]);
  if (region.vpcs.get(group.vpcId)?.ipv6Cidr !== undefined) storeRules(region, [allEgress(group.id, 'ipv6')]);
}

/** CreateSecurityGroup. Throws InvalidGroup.Duplicate, InvalidVpcID.NotFound, InvalidParameterValue, MissingParameter. */
export function createSecurityGroup(region: Region, input: CreateSecurityGroupRequest): CreateSecurityGroupResult {
  const vpcId = vpcFor(region, input.VpcId);
  const name = checkedName(region, vpcId, required(input.GroupName, 'groupName'));
  const description = required(input.Description, 'groupDescription');
  if (!TEXT.test(description))
    throw invalidParameter(
      `Invalid security group description. Valid descriptions are strings less than 256 characters from the following set: a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*`,
    );
  const tags = specifiedTags(input.TagSpecifications, 'security-group');
  const id = newResourceId(region.account.random, 'sg');
  storeGroup(region, { id, name, description, vpcId });
  region.tags.set(id, tags);
  return { GroupId: id, Tags: tagsOf(region, id), SecurityGroupArn: groupArn(region, id) };
}

/** Whether something still needs the group: an interface, or a rule of another group of its VPC. Rules of other VPCs become stale. */
function isInUse(region: Region, { id, vpcId }: GroupRecord): boolean {
  const attached = [...region.interfaces.values()].some((nic) => nic.groupIds.includes(id));
  const referenced = [...region.rules.values()].some(
    ({ groupId, source }) =>
      groupId !== id && source.kind === 'group' && source.groupId === id && region.groups.get(groupId)?.vpcId === vpcId,
  );
  return attached || referenced;
}

/** Takes a group with its rules and tags out of the region. */
export function dropGroup(region: Region, id: string): void {
  dropRules(region, rulesOf(region, id));
  dropAssociations(region, id);
  region.groups.delete(id);
  region.tags.delete(id);
}

/** DeleteSecurityGroup. Throws CannotDelete for a default group, DependencyViolation, InvalidGroup.NotFound. */
export function deleteSecurityGroup(region: Region, input: DeleteSecurityGroupRequest): DeleteSecurityGroupResult {
  const group = namedGroup(region, input);
  const { id, name } = group;
  if (name === 'default') {
    throw new AwsError('CannotDelete', `the specified group: "${id}" name: "default" cannot be deleted by a user`);
  }
  if (isInUse(region, group)) throw new AwsError('DependencyViolation', `resource ${id} has a dependent object`);
  dropGroup(region, id);
  return { Return: true, GroupId: id };
}
