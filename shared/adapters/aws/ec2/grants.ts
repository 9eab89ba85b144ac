import {
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeNetworkInterfacesCommand,
  ModifyNetworkInterfaceAttributeCommand,
  RevokeSecurityGroupEgressCommand,
  type SecurityGroup,
  type SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import type { Grants, NewGroup } from '../../../domain/ec2.ts';
import { CallFailed } from '../../../domain/errors.ts';
import type { Clock } from '../../../domain/runtime.ts';
import { call } from '../call.ts';
import { authorize } from './authorize.ts';
import { describeGroups, describeRules, type Ec2 } from './describe.ts';

/** Grants in the client's account and region. */
export function grants(ec2: Ec2, clock: Pick<Clock, 'sleep'>): Grants {
  return {
    authorize: async (step) => authorize(ec2, step, clock),
    createGroup: async (like) => createGroup(ec2, like, clock),
    deleteGroup: async (groupId) => deleteGroup(ec2, groupId),
    attach: async (interfaceId, groupIds) => attach(ec2, interfaceId, groupIds),
  };
}

/** Waits between reads of a new group, ms: EC2 is eventually consistent. */
const WAITS_MS = [500, 1000, 2000] as const;

const NOT_FOUND: ReadonlySet<string> = new Set(['InvalidSecurityGroupRuleId.NotFound', 'InvalidPermission.NotFound']);

function hasTags({ Tags = [] }: SecurityGroup, { tags }: NewGroup): boolean {
  return Object.entries(tags).every(([key, value]) => Tags.some((tag) => tag.Key === key && tag.Value === value));
}

/**
 * The group of this name in the VPC. EC2 reads `*` and `?` in a filter as wildcards, so the name is compared
 * again.
 */
async function groupOfName(ec2: Ec2, { name, vpcId }: NewGroup): Promise<SecurityGroup | undefined> {
  const inVpc = [{ Name: 'vpc-id', Values: [vpcId] }];
  const found = await describeGroups(ec2, { name: 'group-name', values: [name] }, inVpc);
  return found.find(({ GroupName }) => GroupName === name);
}

/**
 * Whether a rule is the one that EC2 gives every new group: all outbound traffic, IPv4 or IPv6, without a
 * description.
 */
function isGivenByEc2({ IsEgress, IpProtocol, CidrIpv4, CidrIpv6, Description }: SecurityGroupRule): boolean {
  return (
    IsEgress === true &&
    IpProtocol === '-1' &&
    (CidrIpv4 === '0.0.0.0/0' || CidrIpv6 === '::/0') &&
    (Description ?? '') === ''
  );
}

async function isAttached(ec2: Ec2, groupId: string): Promise<boolean> {
  const command = new DescribeNetworkInterfacesCommand({
    Filters: [{ Name: 'group-id', Values: [groupId] }],
    MaxResults: 5,
  });
  const { NetworkInterfaces = [] } = await call('DescribeNetworkInterfaces', ec2.send(command));
  return NetworkInterfaces.length > 0;
}

async function rulesIn(ec2: Ec2, groupId: string): Promise<readonly SecurityGroupRule[]> {
  return await describeRules(ec2, { name: 'group-id', values: [groupId] });
}

function notShown(groupId: string): CallFailed {
  return new CallFailed(
    'CreateSecurityGroup',
    'NotShown',
    true,
    new Error(`EC2 does not show the first rule of ${groupId}`),
  );
}

/**
 * The initial rules of a new group, as soon as EC2 shows them. Without this wait they would stay in the
 * group.
 */
async function initialRules(
  ec2: Ec2,
  groupId: string,
  { sleep }: Pick<Clock, 'sleep'>,
): Promise<readonly SecurityGroupRule[]> {
  for (let round = 0; ; round += 1) {
    const rules = await rulesIn(ec2, groupId);
    if (rules.length > 0) return rules;
    const wait = WAITS_MS[round];
    if (wait === undefined) throw notShown(groupId);
    await sleep(wait);
  }
}

/**
 * Removes the initial rules of a group. If they are not found, an earlier call whose answer was lost has
 * removed them.
 */
async function removeInitialRules(ec2: Ec2, groupId: string, rules: readonly SecurityGroupRule[]): Promise<void> {
  const SecurityGroupRuleIds = rules.flatMap(({ SecurityGroupRuleId }) => SecurityGroupRuleId ?? []);
  const command = new RevokeSecurityGroupEgressCommand({ GroupId: groupId, SecurityGroupRuleIds });
  try {
    await call('RevokeSecurityGroupEgress', ec2.send(command));
  } catch (error) {
    if (error instanceof CallFailed && NOT_FOUND.has(error.code)) return;
    throw error;
  }
}

/**
 * Whether a group has only its initial rules and no interfaces. Any other group is in use and stays as it is.
 */
async function isUnchanged(ec2: Ec2, groupId: string, rules: readonly SecurityGroupRule[]): Promise<boolean> {
  return rules.length > 0 && rules.every(isGivenByEc2) && !(await isAttached(ec2, groupId));
}

async function create(ec2: Ec2, like: NewGroup): Promise<string | CallFailed> {
  const Tags = Object.entries(like.tags).map(([Key, Value]) => ({ Key, Value }));
  const command = new CreateSecurityGroupCommand({
    GroupName: like.name,
    Description: like.description,
    VpcId: like.vpcId,
    ...(Tags.length > 0 && { TagSpecifications: [{ ResourceType: 'security-group', Tags }] }),
  });
  try {
    return (await call('CreateSecurityGroup', ec2.send(command))).GroupId ?? '';
  } catch (error) {
    if (error instanceof CallFailed && error.code === 'InvalidGroup.Duplicate') return error;
    throw error;
  }
}

/**
 * The group that has the name already. A group with other tags keeps the name. If no description shows a
 * group of this name, an earlier attempt whose answer was lost may have created it a moment ago, and a retry
 * can help.
 */
async function existingGroup(ec2: Ec2, like: NewGroup, refusal: CallFailed): Promise<string> {
  const known = await groupOfName(ec2, like);
  if (known?.GroupId !== undefined && hasTags(known, like)) return known.GroupId;
  throw new CallFailed(refusal.call, refusal.code, known === undefined, refusal.cause);
}

/**
 * Creates a group without rules, or finds the group of this name in the VPC if it has at least the same tags.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
 * @throws CallFailed; `InvalidGroup.Duplicate` if another group has the name.
 */
async function createGroup(ec2: Ec2, like: NewGroup, clock: Pick<Clock, 'sleep'>): Promise<string> {
  const made = await create(ec2, like);
  if (!(made instanceof CallFailed)) {
    await removeInitialRules(ec2, made, await initialRules(ec2, made, clock));
    return made;
  }
  const groupId = await existingGroup(ec2, like, made);
  const rules = await rulesIn(ec2, groupId);
  if (await isUnchanged(ec2, groupId, rules)) await removeInitialRules(ec2, groupId, rules);
  return groupId;
}

/**
 * Deletes a group. A deleted group is not an error. Throws CallFailed: `DependencyViolation` if the group is
 * attached or referenced.
 */
async function deleteGroup(ec2: Ec2, groupId: string): Promise<void> {
  try {
    await call('DeleteSecurityGroup', ec2.send(new DeleteSecurityGroupCommand({ GroupId: groupId })));
  } catch (error) {
    if (error instanceof CallFailed && error.code === 'InvalidGroup.NotFound') return;
    throw error;
  }
}

/**
 * Replaces the groups of an interface by one call, so that it always has at least one group.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyNetworkInterfaceAttribute.html
 * @throws CallFailed: `SecurityGroupsPerInterfaceLimitExceeded` if there are too many.
 */
async function attach(ec2: Ec2, interfaceId: string, groupIds: readonly string[]): Promise<void> {
  const command = new ModifyNetworkInterfaceAttributeCommand({
    NetworkInterfaceId: interfaceId,
    Groups: [...groupIds],
  });
  await call('ModifyNetworkInterfaceAttribute', ec2.send(command));
}
