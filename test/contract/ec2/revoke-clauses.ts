import {
  ModifySecurityGroupRulesCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import {
  authorizeIngress,
  type Clause,
  defaultVpc,
  describedGroup,
  expectRefusal,
  ingressOf,
  newGroup,
  newList,
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
    says: 'in the default VPC, revoking only what is not there answers true all the same',
    async check(ec2) {
      const GroupId = await newGroup(ec2, await defaultVpc(ec2));
      await authorizeIngress(ec2, GroupId, tcp(22, '0.0.0.0/0'));
      const IpPermissions = [tcp(22, '10.0.0.0/8')];
      const answer = await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
      expect([answer.Return, answer.RevokedSecurityGroupRules ?? []]).toEqual([true, []]);
      expect(await ingressOf(ec2, GroupId)).toHaveLength(1);
    },
  },
  {
    says: 'revoking by permission answers what it removed, with its id',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      const [rule] = await authorizeIngress(ec2, GroupId, tcp(22, '0.0.0.0/0'));
      const IpPermissions = [tcp(22, '0.0.0.0/0')];
      const answer = await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
      expect(answer.RevokedSecurityGroupRules).toMatchObject([
        { SecurityGroupRuleId: rule?.SecurityGroupRuleId, CidrIpv4: '0.0.0.0/0' },
      ]);
    },
  },
  {
    says: 'a permission does not match a rule that was modified into another one',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      const [rule] = await authorizeIngress(ec2, GroupId, tcp(22, '0.0.0.0/0'));
      const narrowed = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4: '10.0.0.0/8' };
      const SecurityGroupRules = [{ SecurityGroupRuleId: rule?.SecurityGroupRuleId, SecurityGroupRule: narrowed }];
      await ec2.send(new ModifySecurityGroupRulesCommand({ GroupId, SecurityGroupRules }));
      const IpPermissions = [tcp(22, '0.0.0.0/0')];
      const call = ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
      await expectRefusal(call, 'InvalidPermission.NotFound');
      expect((await ingressOf(ec2, GroupId)).map((one) => one.CidrIpv4)).toEqual(['10.0.0.0/8']);
    },
  },
  {
    says: 'revoking by permission does not ask for the description',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      const IpRanges = [{ CidrIp: '0.0.0.0/0', Description: 'for now' }];
      await authorizeIngress(ec2, GroupId, { ...tcp(22), IpRanges });
      const IpPermissions = [tcp(22, '0.0.0.0/0')];
      await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
      expect(await ingressOf(ec2, GroupId)).toEqual([]);
    },
  },
  {
    says: 'revoking by permission takes protocols by number and by name',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      await authorizeIngress(ec2, GroupId, tcp(22, '0.0.0.0/0'));
      const IpPermissions = [{ ...tcp(22, '0.0.0.0/0'), IpProtocol: '6' }];
      await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
      expect(await ingressOf(ec2, GroupId)).toEqual([]);
    },
  },
  {
    says: 'revoking by permission clears the host bits of a CIDR as authorizing does',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      await authorizeIngress(ec2, GroupId, tcp(22, '100.64.0.0/18'));
      const IpPermissions = [tcp(22, '100.64.0.18/18')];
      await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
      expect(await ingressOf(ec2, GroupId)).toEqual([]);
    },
  },
  {
    says: 'protocol -1 is revoked without ports, whatever ports are stated',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      const all = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
      for (const ports of [{}, { FromPort: 0, ToPort: 0 }, { FromPort: -1, ToPort: -1 }]) {
        await authorizeIngress(ec2, GroupId, all);
        const IpPermissions = [{ ...all, ...ports }];
        await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
        expect(await ingressOf(ec2, GroupId)).toEqual([]);
      }
    },
  },
  {
    says: 'an ICMP rule is revoked by its type and code',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      const echo = { IpProtocol: 'icmp', FromPort: 8, ToPort: -1, IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
      const every = { ...echo, FromPort: -1 };
      await authorizeIngress(ec2, GroupId, echo, every);
      await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: [every] }));
      expect((await ingressOf(ec2, GroupId)).map(({ FromPort, ToPort }) => [FromPort, ToPort])).toEqual([[8, -1]]);
    },
  },
  {
    says: 'IPv6, a prefix list and a reference to a group are revoked by permission',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      const PrefixListId = await newList(ec2, ['0.0.0.0/0']);
      const OwnerId = (await describedGroup(ec2, GroupId)).OwnerId ?? '';
      const port = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22 };
      const sources = [
        { Ipv6Ranges: [{ CidrIpv6: '::/0' }] },
        { PrefixListIds: [{ PrefixListId }] },
        { UserIdGroupPairs: [{ GroupId, UserId: OwnerId }] },
      ];
      const IpPermissions = sources.map((source) => ({ ...port, ...source }));
      await authorizeIngress(ec2, GroupId, ...IpPermissions);
      await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
      expect(await ingressOf(ec2, GroupId)).toEqual([]);
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
