import {
  AssociateSecurityGroupVpcCommand,
  CreateNetworkInterfaceCommand,
  CreateVpcCommand,
  DescribeSecurityGroupVpcAssociationsCommand,
  DisassociateSecurityGroupVpcCommand,
  type EC2Client,
  GetSecurityGroupsForVpcCommand,
} from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import {
  authorizeIngress,
  type Clause,
  defaultGroup,
  defaultVpc,
  expectRefusal,
  newGroup,
  newSubnet,
  newVpc,
} from './clause.ts';

async function otherVpc(ec2: EC2Client): Promise<string> {
  return (await ec2.send(new CreateVpcCommand({ CidrBlock: '10.1.0.0/16' }))).Vpc?.VpcId ?? '';
}

function associate(ec2: EC2Client, GroupId: string, VpcId: string) {
  return ec2.send(new AssociateSecurityGroupVpcCommand({ GroupId, VpcId }));
}

function disassociate(ec2: EC2Client, GroupId: string, VpcId: string) {
  return ec2.send(new DisassociateSecurityGroupVpcCommand({ GroupId, VpcId }));
}

async function associations(ec2: EC2Client, groupId: string) {
  const Filters = [{ Name: 'group-id', Values: [groupId] }];
  const answer = await ec2.send(new DescribeSecurityGroupVpcAssociationsCommand({ Filters }));
  return answer.SecurityGroupVpcAssociations ?? [];
}

async function usableIn(ec2: EC2Client, VpcId: string): Promise<readonly (string | undefined)[]> {
  const { SecurityGroupForVpcs } = await ec2.send(new GetSecurityGroupsForVpcCommand({ VpcId }));
  return (SecurityGroupForVpcs ?? []).map((group) => group.GroupId);
}

/** What EC2 does with groups that are used in several VPCs. */
export const associationClauses: readonly Clause[] = [
  {
    says: 'a group that is associated with another VPC is described as associated and can be used there',
    async check(ec2) {
      const VpcId = await otherVpc(ec2);
      const GroupId = await newGroup(ec2);
      expect((await associate(ec2, GroupId, VpcId)).State).toBe('associating');
      expect(await associations(ec2, GroupId)).toMatchObject([{ GroupId, VpcId, State: 'associated' }]);
      expect(await usableIn(ec2, VpcId)).toContain(GroupId);
      const SubnetId = await newSubnet(ec2, VpcId, '10.1.1.0/24');
      const { NetworkInterface } = await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId, Groups: [GroupId] }));
      expect(NetworkInterface?.Groups).toMatchObject([{ GroupId }]);
    },
  },
  {
    says: 'a group that is disassociated from a VPC can no longer be used there',
    async check(ec2) {
      const VpcId = await otherVpc(ec2);
      const GroupId = await newGroup(ec2);
      await associate(ec2, GroupId, VpcId);
      expect((await disassociate(ec2, GroupId, VpcId)).State).toBe('disassociating');
      expect((await associations(ec2, GroupId)).filter(({ State }) => State !== 'disassociated')).toEqual([]);
      expect(await usableIn(ec2, VpcId)).not.toContain(GroupId);
    },
  },
  {
    says: 'the disassociation of a group fails while an interface in the VPC uses the group',
    async check(ec2) {
      const VpcId = await otherVpc(ec2);
      const GroupId = await newGroup(ec2);
      await associate(ec2, GroupId, VpcId);
      const SubnetId = await newSubnet(ec2, VpcId, '10.1.1.0/24');
      await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId, Groups: [GroupId] }));
      await disassociate(ec2, GroupId, VpcId);
      expect(await associations(ec2, GroupId)).toMatchObject([{ VpcId, State: 'disassociation-failed' }]);
    },
  },
  {
    says: 'a default group cannot be associated with another VPC',
    async check(ec2) {
      const [VpcId, GroupId] = [await otherVpc(ec2), await defaultGroup(ec2, await newVpc(ec2))];
      await expectRefusal(associate(ec2, GroupId, VpcId), 'InvalidParameterValue');
    },
  },
  {
    says: 'a group cannot be associated with the default VPC',
    async check(ec2) {
      await expectRefusal(associate(ec2, await newGroup(ec2), await defaultVpc(ec2)), 'InvalidParameterValue');
    },
  },
  {
    says: 'associating an unknown group is InvalidGroup.NotFound',
    async check(ec2) {
      await expectRefusal(associate(ec2, 'sg-0123456789abcdef0', await otherVpc(ec2)), 'InvalidGroup.NotFound');
    },
  },
  {
    says: 'associating a group with an unknown VPC is InvalidVpcID.NotFound',
    async check(ec2) {
      await expectRefusal(associate(ec2, await newGroup(ec2), 'vpc-0123456789abcdef0'), 'InvalidVpcID.NotFound');
    },
  },
  {
    says: 'the groups for a VPC are its own',
    async check(ec2) {
      const vpcId = await newVpc(ec2);
      const own = [await defaultGroup(ec2, vpcId), await newGroup(ec2, vpcId)];
      expect(new Set(await usableIn(ec2, vpcId))).toEqual(new Set(own));
    },
  },
  {
    says: 'a rule can name a group that is associated with its VPC',
    async check(ec2) {
      const vpcId = await otherVpc(ec2);
      const [named, naming] = [await newGroup(ec2), await newGroup(ec2, vpcId)];
      await associate(ec2, named, vpcId);
      const rules = await authorizeIngress(ec2, naming, { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: named }] });
      expect(rules).toMatchObject([{ ReferencedGroupInfo: { GroupId: named } }]);
    },
  },
];
