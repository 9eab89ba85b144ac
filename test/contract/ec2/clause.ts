import {
  AuthorizeSecurityGroupIngressCommand,
  CreateDefaultVpcCommand,
  CreateManagedPrefixListCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcsCommand,
  type EC2Client,
  type IpPermission,
  type SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import { expect } from 'vitest';

/**
 * One thing that EC2 does, checked through the real client. `says` is unique: deviations are listed by it.
 */
export interface Clause {
  readonly says: string;
  check(ec2: EC2Client): Promise<void>;
}

let made = 0;

/** A name that no other clause uses. */
export function newName(): string {
  return `contract-${process.pid}-${made++}`;
}

export async function newVpc(ec2: EC2Client): Promise<string> {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  return Vpc?.VpcId ?? '';
}

/** The region's default VPC, made where there is none. */
export async function defaultVpc(ec2: EC2Client): Promise<string> {
  const { Vpcs } = await ec2.send(new DescribeVpcsCommand({ Filters: [{ Name: 'is-default', Values: ['true'] }] }));
  const known = Vpcs?.[0]?.VpcId;
  if (known) return known;
  return (await ec2.send(new CreateDefaultVpcCommand({}))).Vpc?.VpcId ?? '';
}

export async function newGroup(ec2: EC2Client, vpcId?: string): Promise<string> {
  const VpcId = vpcId ?? (await newVpc(ec2));
  const { GroupId } = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: newName(), Description: 'contract', VpcId }),
  );
  return GroupId ?? '';
}

/** The id of a VPC's default group. */
export async function defaultGroup(ec2: EC2Client, vpcId: string): Promise<string> {
  const Filters = [
    { Name: 'vpc-id', Values: [vpcId] },
    { Name: 'group-name', Values: ['default'] },
  ];
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
  return SecurityGroups?.[0]?.GroupId ?? '';
}

export async function newSubnet(ec2: EC2Client, vpcId: string, CidrBlock = '10.0.1.0/24'): Promise<string> {
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock }));
  return Subnet?.SubnetId ?? '';
}

/** A new prefix list of IPv4 blocks. */
export async function newList(
  ec2: EC2Client,
  entries: readonly string[],
  MaxEntries = entries.length,
): Promise<string> {
  const { PrefixList } = await ec2.send(
    new CreateManagedPrefixListCommand({
      PrefixListName: newName(),
      AddressFamily: 'IPv4',
      MaxEntries,
      Entries: entries.map((Cidr) => ({ Cidr })),
    }),
  );
  return PrefixList?.PrefixListId ?? '';
}

export function tcp(port: number, ...cidrs: readonly string[]): IpPermission {
  return { IpProtocol: 'tcp', FromPort: port, ToPort: port, IpRanges: cidrs.map((CidrIp) => ({ CidrIp })) };
}

export async function authorizeIngress(
  ec2: EC2Client,
  groupId: string,
  ...permissions: readonly IpPermission[]
): Promise<readonly SecurityGroupRule[]> {
  const command = new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: [...permissions] });
  return (await ec2.send(command)).SecurityGroupRules ?? [];
}

export async function rulesOf(ec2: EC2Client, groupId: string): Promise<readonly SecurityGroupRule[]> {
  const filter = { Name: 'group-id', Values: [groupId] };
  const { SecurityGroupRules } = await ec2.send(new DescribeSecurityGroupRulesCommand({ Filters: [filter] }));
  return SecurityGroupRules ?? [];
}

export async function ingressOf(ec2: EC2Client, groupId: string): Promise<readonly SecurityGroupRule[]> {
  return (await rulesOf(ec2, groupId)).filter((rule) => !rule.IsEgress);
}

export async function describedGroup(ec2: EC2Client, groupId: string) {
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [groupId] }));
  return SecurityGroups?.[0] ?? {};
}

/** Expects the call to be refused with this code. */
export async function expectRefusal(call: Promise<unknown>, code: string): Promise<void> {
  const outcome = await call.then(
    () => 'no error',
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  );
  expect(outcome).toBe(code);
}
