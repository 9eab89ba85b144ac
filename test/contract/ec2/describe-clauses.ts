import {
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  type EC2Client,
  paginateDescribeSecurityGroupRules,
  paginateDescribeSecurityGroups,
} from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import {
  authorizeIngress,
  type Clause,
  describedGroup,
  expectRefusal,
  ingressOf,
  newGroup,
  newVpc,
  rulesOf,
  tcp,
} from './clause.ts';

async function twelveRules(ec2: EC2Client): Promise<string> {
  const GroupId = await newGroup(ec2);
  await authorizeIngress(ec2, GroupId, tcp(22, ...Array.from({ length: 11 }, (_, i) => `10.${i}.0.0/16`)));
  return GroupId;
}

/** What EC2 does when it is asked: filters, pages, tags. */
export const describeClauses: readonly Clause[] = [
  {
    says: 'the rules of an unknown group are an empty list',
    async check(ec2) {
      expect(await rulesOf(ec2, 'sg-0123456789abcdef0')).toEqual([]);
    },
  },
  {
    says: 'rules are described by their ids',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      const [rule] = await authorizeIngress(ec2, GroupId, tcp(22, '10.0.0.0/8', '192.0.2.0/24'));
      const SecurityGroupRuleIds = [rule?.SecurityGroupRuleId ?? ''];
      const answer = await ec2.send(new DescribeSecurityGroupRulesCommand({ SecurityGroupRuleIds }));
      expect(answer.SecurityGroupRules).toMatchObject([{ GroupId, CidrIpv4: '10.0.0.0/8' }]);
    },
  },
  {
    says: 'describing an unknown rule id is InvalidSecurityGroupRuleId.NotFound',
    async check(ec2) {
      const SecurityGroupRuleIds = ['sgr-0123456789abcdef0'];
      const call = ec2.send(new DescribeSecurityGroupRulesCommand({ SecurityGroupRuleIds }));
      await expectRefusal(call, 'InvalidSecurityGroupRuleId.NotFound');
    },
  },
  {
    says: 'rules come in pages of the size asked for',
    async check(ec2) {
      const Filters = [{ Name: 'group-id', Values: [await twelveRules(ec2)] }];
      const sizes: number[] = [];
      for await (const page of paginateDescribeSecurityGroupRules({ client: ec2, pageSize: 5 }, { Filters })) {
        sizes.push(page.SecurityGroupRules?.length ?? 0);
      }
      expect(sizes).toEqual([5, 5, 2]);
    },
  },
  {
    says: 'groups come in pages of the size asked for',
    async check(ec2) {
      const vpcId = await newVpc(ec2);
      for (let i = 0; i < 6; i++) await newGroup(ec2, vpcId);
      const Filters = [{ Name: 'vpc-id', Values: [vpcId] }];
      const sizes: number[] = [];
      for await (const page of paginateDescribeSecurityGroups({ client: ec2, pageSize: 5 }, { Filters })) {
        sizes.push(page.SecurityGroups?.length ?? 0);
      }
      expect(sizes).toEqual([5, 2]);
    },
  },
  {
    says: 'a page of rules smaller than 5 is InvalidParameterValue',
    async check(ec2) {
      const call = ec2.send(new DescribeSecurityGroupRulesCommand({ MaxResults: 4 }));
      await expectRefusal(call, 'InvalidParameterValue');
    },
  },
  {
    says: 'groups are found by VPC and name together',
    async check(ec2) {
      const vpcId = await newVpc(ec2);
      const GroupId = await newGroup(ec2, vpcId);
      const { GroupName = '' } = await describedGroup(ec2, GroupId);
      const Filters = [
        { Name: 'vpc-id', Values: [vpcId] },
        { Name: 'group-name', Values: [GroupName] },
      ];
      const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
      expect(SecurityGroups?.map((group) => group.GroupId)).toEqual([GroupId]);
    },
  },
  {
    says: 'tags put on a group are described and found by',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      const Tags = [{ Key: 'contract', Value: GroupId }];
      await ec2.send(new CreateTagsCommand({ Resources: [GroupId], Tags }));
      const Filters = [{ Name: 'tag:contract', Values: [GroupId] }];
      const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
      expect(SecurityGroups).toMatchObject([{ GroupId, Tags }]);
    },
  },
  {
    says: 'tags taken off a group are gone',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      const Tags = [{ Key: 'contract', Value: 'x' }];
      await ec2.send(new CreateTagsCommand({ Resources: [GroupId], Tags }));
      await ec2.send(new DeleteTagsCommand({ Resources: [GroupId], Tags: [{ Key: 'contract' }] }));
      expect((await describedGroup(ec2, GroupId)).Tags).toEqual([]);
    },
  },
  {
    says: 'tags put on a rule are described with it',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      const [rule] = await authorizeIngress(ec2, GroupId, tcp(22, '10.0.0.0/8'));
      const Tags = [{ Key: 'contract', Value: 'rule' }];
      await ec2.send(new CreateTagsCommand({ Resources: [rule?.SecurityGroupRuleId ?? ''], Tags }));
      expect(await ingressOf(ec2, GroupId)).toMatchObject([{ Tags }]);
    },
  },
];
