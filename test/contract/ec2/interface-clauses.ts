import {
  CreateNetworkInterfaceCommand,
  DeleteNetworkInterfaceCommand,
  DeleteSecurityGroupCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  type EC2Client,
  ModifyNetworkInterfaceAttributeCommand,
} from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import { type Clause, expectRefusal, newGroup, newSubnet, newVpc } from './clause.ts';

async function defaultGroup(ec2: EC2Client, vpcId: string): Promise<string> {
  const Filters = [
    { Name: 'vpc-id', Values: [vpcId] },
    { Name: 'group-name', Values: ['default'] },
  ];
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
  return SecurityGroups?.[0]?.GroupId ?? '';
}

async function newInterface(ec2: EC2Client, SubnetId: string, ...Groups: readonly string[]): Promise<string> {
  const stated = Groups.length > 0 ? { Groups: [...Groups] } : {};
  const { NetworkInterface } = await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId, ...stated }));
  return NetworkInterface?.NetworkInterfaceId ?? '';
}

async function using(ec2: EC2Client, groupId: string): Promise<readonly (string | undefined)[]> {
  const Filters = [{ Name: 'group-id', Values: [groupId] }];
  const { NetworkInterfaces } = await ec2.send(new DescribeNetworkInterfacesCommand({ Filters }));
  return (NetworkInterfaces ?? []).map((nic) => nic.NetworkInterfaceId);
}

/** What EC2 does with network interfaces. */
export const interfaceClauses: readonly Clause[] = [
  {
    says: 'an interface without groups gets the default group of its VPC',
    async check(ec2) {
      const vpcId = await newVpc(ec2);
      const nic = await newInterface(ec2, await newSubnet(ec2, vpcId));
      expect(await using(ec2, await defaultGroup(ec2, vpcId))).toEqual([nic]);
    },
  },
  {
    says: 'interfaces are found by the group they use',
    async check(ec2) {
      const vpcId = await newVpc(ec2);
      const [used, unused] = [await newGroup(ec2, vpcId), await newGroup(ec2, vpcId)];
      const nic = await newInterface(ec2, await newSubnet(ec2, vpcId), used);
      expect(await using(ec2, used)).toEqual([nic]);
      expect(await using(ec2, unused)).toEqual([]);
    },
  },
  {
    says: 'the groups of an interface can be replaced',
    async check(ec2) {
      const vpcId = await newVpc(ec2);
      const [before, after] = [await newGroup(ec2, vpcId), await newGroup(ec2, vpcId)];
      const NetworkInterfaceId = await newInterface(ec2, await newSubnet(ec2, vpcId), before);
      await ec2.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, Groups: [after] }));
      expect(await using(ec2, before)).toEqual([]);
      expect(await using(ec2, after)).toEqual([NetworkInterfaceId]);
    },
  },
  {
    says: 'deleting a group that an interface uses is DependencyViolation',
    async check(ec2) {
      const vpcId = await newVpc(ec2);
      const GroupId = await newGroup(ec2, vpcId);
      await newInterface(ec2, await newSubnet(ec2, vpcId), GroupId);
      await expectRefusal(ec2.send(new DeleteSecurityGroupCommand({ GroupId })), 'DependencyViolation');
    },
  },
  {
    says: 'an interface can be under five groups and no more',
    async check(ec2) {
      const vpcId = await newVpc(ec2);
      const groups = [];
      for (let i = 0; i < 6; i++) groups.push(await newGroup(ec2, vpcId));
      const NetworkInterfaceId = await newInterface(ec2, await newSubnet(ec2, vpcId), ...groups.slice(0, 1));
      const under = async (Groups: string[]) =>
        await ec2.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, Groups }));
      await under(groups.slice(0, 5));
      await expectRefusal(under(groups), 'SecurityGroupsPerInterfaceLimitExceeded');
      expect(await using(ec2, groups[4] ?? '')).toEqual([NetworkInterfaceId]);
      expect(await using(ec2, groups[5] ?? '')).toEqual([]);
    },
  },
  {
    says: 'putting an interface under an unknown group is InvalidGroup.NotFound',
    async check(ec2) {
      const NetworkInterfaceId = await newInterface(ec2, await newSubnet(ec2, await newVpc(ec2)));
      const Groups = ['sg-0123456789abcdef0'];
      const call = ec2.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, Groups }));
      await expectRefusal(call, 'InvalidGroup.NotFound');
    },
  },
  {
    says: 'changing an unknown interface is InvalidNetworkInterfaceID.NotFound',
    async check(ec2) {
      const Groups = [await newGroup(ec2)];
      const NetworkInterfaceId = 'eni-0123456789abcdef0';
      const call = ec2.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, Groups }));
      await expectRefusal(call, 'InvalidNetworkInterfaceID.NotFound');
    },
  },
  {
    says: 'a group that no interface uses any more can be deleted',
    async check(ec2) {
      const vpcId = await newVpc(ec2);
      const [GroupId, other] = [await newGroup(ec2, vpcId), await newGroup(ec2, vpcId)];
      const NetworkInterfaceId = await newInterface(ec2, await newSubnet(ec2, vpcId), GroupId);
      await ec2.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, Groups: [other] }));
      await ec2.send(new DeleteSecurityGroupCommand({ GroupId }));
      await expectRefusal(ec2.send(new DeleteSecurityGroupCommand({ GroupId })), 'InvalidGroup.NotFound');
    },
  },
  {
    says: 'a deleted interface is gone',
    async check(ec2) {
      const vpcId = await newVpc(ec2);
      const NetworkInterfaceId = await newInterface(ec2, await newSubnet(ec2, vpcId));
      await ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId }));
      const call = ec2.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [NetworkInterfaceId] }));
      await expectRefusal(call, 'InvalidNetworkInterfaceID.NotFound');
    },
  },
];
