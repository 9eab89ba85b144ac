import {
  CreateDefaultVpcCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DeleteVpcCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  RevokeSecurityGroupEgressCommand,
} from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import {
  authorizeIngress,
  type Clause,
  defaultVpc,
  describedGroup,
  expectRefusal,
  newGroup,
  newName,
  newSubnet,
  newVpc,
  rulesOf,
} from './clause.ts';

/** What EC2 does with VPCs and groups. */
export const groupClauses: readonly Clause[] = [
  {
    says: 'a new VPC has a default group whose only ingress is everything from itself',
    async check(ec2) {
      const vpcId = await newVpc(ec2);
      const Filters = [
        { Name: 'vpc-id', Values: [vpcId] },
        { Name: 'group-name', Values: ['default'] },
      ];
      const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
      const group = SecurityGroups?.[0];
      const ingress = (await rulesOf(ec2, group?.GroupId ?? '')).filter((rule) => !rule.IsEgress);
      expect(ingress.map((rule) => [rule.IpProtocol, rule.ReferencedGroupInfo?.GroupId])).toEqual([
        ['-1', group?.GroupId],
      ]);
    },
  },
  {
    says: 'a new group lets everything out to 0.0.0.0/0 and nothing in',
    async check(ec2) {
      const rules = await rulesOf(ec2, await newGroup(ec2));
      expect(rules).toMatchObject([
        { IsEgress: true, IpProtocol: '-1', FromPort: -1, ToPort: -1, CidrIpv4: '0.0.0.0/0' },
      ]);
    },
  },
  {
    says: 'a group is described with its name, description, VPC, owner and ARN',
    async check(ec2) {
      const vpcId = await newVpc(ec2);
      const GroupName = newName();
      const { GroupId } = await ec2.send(
        new CreateSecurityGroupCommand({ GroupName, Description: 'what it is for', VpcId: vpcId }),
      );
      const group = await describedGroup(ec2, GroupId ?? '');
      expect(group).toMatchObject({ GroupName, Description: 'what it is for', VpcId: vpcId });
      expect(group.OwnerId).toMatch(/^\d{12}$/);
      expect(group.SecurityGroupArn).toContain(`security-group/${GroupId}`);
    },
  },
  {
    says: 'creating a group of a name that the VPC has is InvalidGroup.Duplicate',
    async check(ec2) {
      const VpcId = await newVpc(ec2);
      const command = new CreateSecurityGroupCommand({ GroupName: newName(), Description: 'd', VpcId });
      await ec2.send(command);
      await expectRefusal(ec2.send(command), 'InvalidGroup.Duplicate');
    },
  },
  {
    says: 'creating a group whose name differs from another only in case is InvalidGroup.Duplicate',
    async check(ec2) {
      const VpcId = await newVpc(ec2);
      const create = async (GroupName: string) =>
        await ec2.send(new CreateSecurityGroupCommand({ GroupName, Description: 'd', VpcId }));
      const name = `web-${newName()}`;
      await create(name);
      await expectRefusal(create(name.toUpperCase()), 'InvalidGroup.Duplicate');
    },
  },
  {
    says: 'spaces at the end of the name of a group are dropped',
    async check(ec2) {
      const VpcId = await newVpc(ec2);
      const name = newName();
      const command = new CreateSecurityGroupCommand({ GroupName: `${name}  `, Description: 'd', VpcId });
      const { GroupId } = await ec2.send(command);
      expect(await describedGroup(ec2, GroupId ?? '')).toMatchObject({ GroupName: name });
    },
  },
  {
    says: 'creating a group in an unknown VPC is InvalidVpcID.NotFound',
    async check(ec2) {
      const VpcId = 'vpc-0123456789abcdef0';
      const command = new CreateSecurityGroupCommand({ GroupName: newName(), Description: 'd', VpcId });
      await expectRefusal(ec2.send(command), 'InvalidVpcID.NotFound');
    },
  },
  {
    says: 'describing an unknown group by id is InvalidGroup.NotFound',
    async check(ec2) {
      await expectRefusal(describedGroup(ec2, 'sg-0123456789abcdef0'), 'InvalidGroup.NotFound');
    },
  },
  {
    says: 'a malformed group id is InvalidGroupId.Malformed',
    async check(ec2) {
      await expectRefusal(describedGroup(ec2, 'group-1'), 'InvalidGroupId.Malformed');
    },
  },
  {
    says: 'describing an unknown VPC is InvalidVpcID.NotFound',
    async check(ec2) {
      const call = ec2.send(new DescribeVpcsCommand({ VpcIds: ['vpc-0123456789abcdef0'] }));
      await expectRefusal(call, 'InvalidVpcID.NotFound');
    },
  },
  {
    says: 'a second default VPC is DefaultVpcAlreadyExists',
    async check(ec2) {
      await defaultVpc(ec2);
      await expectRefusal(ec2.send(new CreateDefaultVpcCommand({})), 'DefaultVpcAlreadyExists');
    },
  },
  {
    says: 'a group gets the tags of its creation',
    async check(ec2) {
      const Tags = [{ Key: 'owner', Value: 'web' }];
      const TagSpecifications = [{ ResourceType: 'security-group' as const, Tags }];
      const VpcId = await newVpc(ec2);
      const { GroupId } = await ec2.send(
        new CreateSecurityGroupCommand({ GroupName: newName(), Description: 'd', VpcId, TagSpecifications }),
      );
      expect((await describedGroup(ec2, GroupId ?? '')).Tags).toEqual(Tags);
    },
  },
  {
    says: 'the rule that a new group has can be revoked by its id',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      const SecurityGroupRuleIds = (await rulesOf(ec2, GroupId)).flatMap((rule) => rule.SecurityGroupRuleId ?? []);
      await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, SecurityGroupRuleIds }));
      expect(await rulesOf(ec2, GroupId)).toEqual([]);
    },
  },
  {
    says: 'a group that only its own rules reference can be deleted',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      await authorizeIngress(ec2, GroupId, { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId }] });
      await ec2.send(new DeleteSecurityGroupCommand({ GroupId }));
      await expectRefusal(describedGroup(ec2, GroupId), 'InvalidGroup.NotFound');
    },
  },
  {
    says: 'deleting an unknown group is InvalidGroup.NotFound',
    async check(ec2) {
      const GroupId = 'sg-0123456789abcdef0';
      await expectRefusal(ec2.send(new DeleteSecurityGroupCommand({ GroupId })), 'InvalidGroup.NotFound');
    },
  },
  {
    says: 'a deleted group is gone',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      await ec2.send(new DeleteSecurityGroupCommand({ GroupId }));
      await expectRefusal(describedGroup(ec2, GroupId), 'InvalidGroup.NotFound');
    },
  },
  {
    says: 'deleting a default group is CannotDelete',
    async check(ec2) {
      const vpcId = await newVpc(ec2);
      const Filters = [{ Name: 'vpc-id', Values: [vpcId] }];
      const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
      const call = ec2.send(new DeleteSecurityGroupCommand({ GroupId: SecurityGroups?.[0]?.GroupId ?? '' }));
      await expectRefusal(call, 'CannotDelete');
    },
  },
  {
    says: 'deleting a group that another group references is DependencyViolation',
    async check(ec2) {
      const vpcId = await newVpc(ec2);
      const [referenced, other] = [await newGroup(ec2, vpcId), await newGroup(ec2, vpcId)];
      const UserIdGroupPairs = [{ GroupId: referenced }];
      await authorizeIngress(ec2, other, { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, UserIdGroupPairs });
      await expectRefusal(ec2.send(new DeleteSecurityGroupCommand({ GroupId: referenced })), 'DependencyViolation');
    },
  },
  {
    says: 'deleting a VPC that has a group of its own is DependencyViolation',
    async check(ec2) {
      const VpcId = await newVpc(ec2);
      await newGroup(ec2, VpcId);
      await expectRefusal(ec2.send(new DeleteVpcCommand({ VpcId })), 'DependencyViolation');
    },
  },
  {
    says: 'a deleted VPC is gone, and its default group with it',
    async check(ec2) {
      const VpcId = await newVpc(ec2);
      const Filters = [{ Name: 'vpc-id', Values: [VpcId] }];
      await ec2.send(new DeleteVpcCommand({ VpcId }));
      await expectRefusal(ec2.send(new DescribeVpcsCommand({ VpcIds: [VpcId] })), 'InvalidVpcID.NotFound');
      expect((await ec2.send(new DescribeSecurityGroupsCommand({ Filters }))).SecurityGroups).toEqual([]);
    },
  },
  {
    says: 'a subnet is found by its VPC',
    async check(ec2) {
      const VpcId = await newVpc(ec2);
      const SubnetId = await newSubnet(ec2, VpcId);
      const { Subnets } = await ec2.send(
        new DescribeSubnetsCommand({ Filters: [{ Name: 'vpc-id', Values: [VpcId] }] }),
      );
      expect(Subnets).toMatchObject([{ SubnetId, VpcId, CidrBlock: '10.0.1.0/24', AvailableIpAddressCount: 251 }]);
    },
  },
];
