import {
  type EC2Client,
  ModifySecurityGroupRulesCommand,
  type SecurityGroupRuleRequest,
  UpdateSecurityGroupRuleDescriptionsIngressCommand,
} from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import { authorizeIngress, type Clause, expectRefusal, ingressOf, newGroup, tcp } from './clause.ts';

function modify(ec2: EC2Client, GroupId: string, id: string | undefined, SecurityGroupRule: SecurityGroupRuleRequest) {
  const SecurityGroupRules = [{ SecurityGroupRuleId: id ?? '', SecurityGroupRule }];
  return ec2.send(new ModifySecurityGroupRulesCommand({ GroupId, SecurityGroupRules }));
}

const HTTPS = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443 };

/** What EC2 does when rules are changed in place. */
export const modifyClauses: readonly Clause[] = [
  {
    says: 'a modified rule keeps its id',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      const [rule] = await authorizeIngress(ec2, GroupId, tcp(22, '10.0.0.0/8'));
      await modify(ec2, GroupId, rule?.SecurityGroupRuleId, { ...HTTPS, CidrIpv4: '192.0.2.0/24' });
      expect(await ingressOf(ec2, GroupId)).toMatchObject([
        { SecurityGroupRuleId: rule?.SecurityGroupRuleId, FromPort: 443, CidrIpv4: '192.0.2.0/24' },
      ]);
    },
  },
  {
    says: 'an IPv6 rule can be modified',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      const Ipv6Ranges = [{ CidrIpv6: '2001:db8::/32' }];
      const [rule] = await authorizeIngress(ec2, GroupId, { ...tcp(22), Ipv6Ranges });
      await modify(ec2, GroupId, rule?.SecurityGroupRuleId, { ...HTTPS, CidrIpv6: '::/0' });
      expect(await ingressOf(ec2, GroupId)).toMatchObject([{ FromPort: 443, CidrIpv6: '::/0' }]);
    },
  },
  {
    says: 'a rule is replaced whole: a description that is not sent again is gone',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      const IpRanges = [{ CidrIp: '10.0.0.0/8', Description: 'was here' }];
      const [rule] = await authorizeIngress(ec2, GroupId, { ...tcp(22), IpRanges });
      await modify(ec2, GroupId, rule?.SecurityGroupRuleId, { ...HTTPS, CidrIpv4: '10.0.0.0/8' });
      expect((await ingressOf(ec2, GroupId)).map((one) => one.Description)).toEqual([undefined]);
    },
  },
  {
    says: 'modifying a rule into one that is there is InvalidPermission.Duplicate',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      const [rule] = await authorizeIngress(ec2, GroupId, tcp(22, '10.0.0.0/8'), tcp(443, '10.0.0.0/8'));
      const call = modify(ec2, GroupId, rule?.SecurityGroupRuleId, { ...HTTPS, CidrIpv4: '10.0.0.0/8' });
      await expectRefusal(call, 'InvalidPermission.Duplicate');
    },
  },
  {
    says: 'the kind of source can not be modified',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      const [rule] = await authorizeIngress(ec2, GroupId, tcp(22, '10.0.0.0/8'));
      const call = modify(ec2, GroupId, rule?.SecurityGroupRuleId, { ...HTTPS, CidrIpv6: '::/0' });
      await expectRefusal(call, 'InvalidParameterValue');
    },
  },
  {
    says: 'modifying an unknown rule is InvalidSecurityGroupRuleId.NotFound',
    async check(ec2) {
      const call = modify(ec2, await newGroup(ec2), 'sgr-0123456789abcdef0', { ...HTTPS, CidrIpv4: '10.0.0.0/8' });
      await expectRefusal(call, 'InvalidSecurityGroupRuleId.NotFound');
    },
  },
  {
    says: 'a description is updated by permission',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      await authorizeIngress(ec2, GroupId, tcp(22, '10.0.0.0/8'));
      const IpPermissions = [{ ...tcp(22), IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'new words' }] }];
      await ec2.send(new UpdateSecurityGroupRuleDescriptionsIngressCommand({ GroupId, IpPermissions }));
      expect(await ingressOf(ec2, GroupId)).toMatchObject([{ Description: 'new words' }]);
    },
  },
  {
    says: 'a description is updated by rule id',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      const [rule] = await authorizeIngress(ec2, GroupId, tcp(22, '10.0.0.0/8'));
      const told = [{ SecurityGroupRuleId: rule?.SecurityGroupRuleId ?? '', Description: 'new words' }];
      await ec2.send(
        new UpdateSecurityGroupRuleDescriptionsIngressCommand({ GroupId, SecurityGroupRuleDescriptions: told }),
      );
      expect(await ingressOf(ec2, GroupId)).toMatchObject([{ Description: 'new words' }]);
    },
  },
];
