import { RevokeSecurityGroupEgressCommand, RevokeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import {
  authorizeIngress,
  type Clause,
  defaultVpc,
  expectRefusal,
  ingressOf,
  newGroup,
  rulesOf,
  tcp,
} from './clause.ts';

const UNKNOWN = 'sgr-0123456789abcdef0';

/** What EC2 does when rules are taken away. */
export const revokeClauses: readonly Clause[] = [
  {
    says: 'revoking by id takes exactly those rules',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      const [world] = await authorizeIngress(ec2, GroupId, tcp(22, '0.0.0.0/0', '10.0.0.0/8'));
      const SecurityGroupRuleIds = [world?.SecurityGroupRuleId ?? ''];
      await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, SecurityGroupRuleIds }));
      expect((await ingressOf(ec2, GroupId)).map((rule) => rule.CidrIpv4)).toEqual(['10.0.0.0/8']);
    },
  },
  {
    says: 'revoke answers what it removed',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      const [rule] = await authorizeIngress(ec2, GroupId, tcp(22, '0.0.0.0/0'));
      const SecurityGroupRuleIds = [rule?.SecurityGroupRuleId ?? ''];
      const answer = await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, SecurityGroupRuleIds }));
      expect(answer.Return).toBe(true);
      expect(answer.RevokedSecurityGroupRules).toMatchObject([
        { SecurityGroupRuleId: rule?.SecurityGroupRuleId, FromPort: 22, IpProtocol: 'tcp', CidrIpv4: '0.0.0.0/0' },
      ]);
    },
  },
  {
    says: 'an unknown rule id is InvalidSecurityGroupRuleId.NotFound',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      const call = ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, SecurityGroupRuleIds: [UNKNOWN] }));
      await expectRefusal(call, 'InvalidSecurityGroupRuleId.NotFound');
    },
  },
  {
    says: 'a malformed rule id is InvalidSecurityGroupRuleId.Malformed',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      const call = ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, SecurityGroupRuleIds: ['rule-1'] }));
      await expectRefusal(call, 'InvalidSecurityGroupRuleId.Malformed');
    },
  },
  {
    says: 'with one unknown id among them, no rule is revoked',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      const [rule] = await authorizeIngress(ec2, GroupId, tcp(22, '0.0.0.0/0'));
      const SecurityGroupRuleIds = [rule?.SecurityGroupRuleId ?? '', UNKNOWN];
      const call = ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, SecurityGroupRuleIds }));
      await expect(call).rejects.toThrow(/does not exist/);
      expect(await ingressOf(ec2, GroupId)).toHaveLength(1);
    },
  },
  {
    says: 'revoking by permission takes the rule of exactly these values',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      await authorizeIngress(ec2, GroupId, tcp(22, '0.0.0.0/0', '10.0.0.0/8'));
      const IpPermissions = [tcp(22, '0.0.0.0/0')];
      await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
      expect((await ingressOf(ec2, GroupId)).map((rule) => rule.CidrIpv4)).toEqual(['10.0.0.0/8']);
    },
  },
  {
    says: 'outside the default VPC, a permission that matches nothing is InvalidPermission.NotFound',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      const IpPermissions = [tcp(22, '0.0.0.0/0')];
      const call = ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
      await expectRefusal(call, 'InvalidPermission.NotFound');
    },
  },
  {
    says: 'outside the default VPC, one mismatch revokes nothing',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      await authorizeIngress(ec2, GroupId, tcp(22, '0.0.0.0/0'));
      const IpPermissions = [tcp(22, '0.0.0.0/0'), tcp(23, '0.0.0.0/0')];
      const call = ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
      await expectRefusal(call, 'InvalidPermission.NotFound');
      expect(await ingressOf(ec2, GroupId)).toHaveLength(1);
    },
  },
  {
    says: 'in the default VPC, a mismatch is no error and comes back as unknown',
    async check(ec2) {
      const GroupId = await newGroup(ec2, await defaultVpc(ec2));
      await authorizeIngress(ec2, GroupId, tcp(22, '0.0.0.0/0'));
      const IpPermissions = [tcp(22, '0.0.0.0/0'), tcp(23, '0.0.0.0/0')];
      const answer = await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
      expect(answer.UnknownIpPermissions).toMatchObject([{ FromPort: 23, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }]);
      expect(await ingressOf(ec2, GroupId)).toHaveLength(0);
    },
  },
  {
    says: 'revoking egress ::/0 that is not there is InvalidPermission.NotFound',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      const IpPermissions = [{ IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '::/0' }] }];
      const call = ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions }));
      await expectRefusal(call, 'InvalidPermission.NotFound');
    },
  },
  {
    says: 'the egress rule of a new group can be revoked by its id',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      const SecurityGroupRuleIds = (await rulesOf(ec2, GroupId)).map((rule) => rule.SecurityGroupRuleId ?? '');
      await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, SecurityGroupRuleIds }));
      expect(await rulesOf(ec2, GroupId)).toEqual([]);
    },
  },
  {
    says: 'the flat form revokes a rule',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      await authorizeIngress(ec2, GroupId, tcp(22, '0.0.0.0/0'));
      const flat = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '0.0.0.0/0' };
      await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, ...flat }));
      expect(await ingressOf(ec2, GroupId)).toEqual([]);
    },
  },
];
