import {
  CreateSecurityGroupCommand,
  DescribeNetworkInterfacesCommand,
  RevokeSecurityGroupEgressCommand,
  type SecurityGroup,
  type SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import { CallFailed } from '../../../../domain/errors.ts';
import type { NewGroup } from '../../../../domain/grants.ts';
import type { Clock } from '../../../../domain/ports.ts';
import { call } from '../../call.ts';
import { describeGroups, describeRules, type Ec2 } from '../describe.ts';

/** Waits between looks at a new group, ms: EC2 is eventually consistent. */
const WAITS_MS = [500, 1000, 2000] as const;

const GONE: ReadonlySet<string> = new Set(['InvalidSecurityGroupRuleId.NotFound', 'InvalidPermission.NotFound']);

const hasTags = ({ Tags = [] }: SecurityGroup, { tags }: NewGroup): boolean =>
  Object.entries(tags).every(([key, value]) => Tags.some((tag) => tag.Key === key && tag.Value === value));

/** The VPC's group of this name; EC2 reads `*` and `?` in a filter as wildcards. */
async function namesake(ec2: Ec2, { name, vpcId }: NewGroup): Promise<SecurityGroup | undefined> {
  const inVpc = [{ Name: 'vpc-id', Values: [vpcId] }];
  const found = await describeGroups(ec2, { name: 'group-name', values: [name] }, inVpc);
  return found.find(({ GroupName }) => GroupName === name);
}

/** The rule that EC2 gives every new group: everything out, to either family, without a description. */
const isGivenByEc2 = ({ IsEgress, IpProtocol, CidrIpv4, CidrIpv6, Description }: SecurityGroupRule): boolean =>
  IsEgress === true &&
  IpProtocol === '-1' &&
  (CidrIpv4 === '0.0.0.0/0' || CidrIpv6 === '::/0') &&
  (Description ?? '') === '';

async function isAttached(ec2: Ec2, groupId: string): Promise<boolean> {
  const command = new DescribeNetworkInterfacesCommand({
    Filters: [{ Name: 'group-id', Values: [groupId] }],
    MaxResults: 5,
  });
  const { NetworkInterfaces = [] } = await call('DescribeNetworkInterfaces', ec2.send(command));
  return NetworkInterfaces.length > 0;
}

const rulesIn = async (ec2: Ec2, groupId: string): Promise<readonly SecurityGroupRule[]> =>
  await describeRules(ec2, { name: 'group-id', values: [groupId] });

const notShown = (groupId: string): CallFailed =>
  new CallFailed('CreateSecurityGroup', 'NotShown', true, new Error(`EC2 does not show the first rule of ${groupId}`));

/** The rules that a new group was born with, as soon as EC2 shows them: without a look at them they would stay. */
async function bornWith(
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

/** Removes rules that EC2 gave a group. That they are gone is the answer to a call whose first answer was lost. */
async function strip(ec2: Ec2, groupId: string, rules: readonly SecurityGroupRule[]): Promise<void> {
  const SecurityGroupRuleIds = rules.flatMap(({ SecurityGroupRuleId }) => SecurityGroupRuleId ?? []);
  const command = new RevokeSecurityGroupEgressCommand({ GroupId: groupId, SecurityGroupRuleIds });
  try {
    await call('RevokeSecurityGroupEgress', ec2.send(command));
  } catch (error) {
    if (error instanceof CallFailed && GONE.has(error.code)) return;
    throw error;
  }
}

/** A group that has more in it than EC2 gave it, or is in use, is past its making: it is left as it is. */
async function isUntouched(ec2: Ec2, groupId: string, rules: readonly SecurityGroupRule[]): Promise<boolean> {
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
 * A name that is taken by a group with other tags stays taken. One that no description shows may have been made a moment ago, by an
 * attempt whose answer was lost.
 */
async function ofTakenName(ec2: Ec2, like: NewGroup, refusal: CallFailed): Promise<string> {
  const known = await namesake(ec2, like);
  if (known?.GroupId !== undefined && hasTags(known, like)) return known.GroupId;
  throw new CallFailed(refusal.call, refusal.code, known === undefined, refusal.cause);
}

/**
 * Makes a group without rules, or finds the one of this name in the VPC where it has the same tags; others beside them do not matter.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
 * @throws CallFailed; `InvalidGroup.Duplicate` where the name belongs to another group.
 */
export async function createGroup(ec2: Ec2, like: NewGroup, clock: Pick<Clock, 'sleep'>): Promise<string> {
  const made = await create(ec2, like);
  if (!(made instanceof CallFailed)) {
    await strip(ec2, made, await bornWith(ec2, made, clock));
    return made;
  }
  const groupId = await ofTakenName(ec2, like, made);
  const rules = await rulesIn(ec2, groupId);
  if (await isUntouched(ec2, groupId, rules)) await strip(ec2, groupId, rules);
  return groupId;
}
