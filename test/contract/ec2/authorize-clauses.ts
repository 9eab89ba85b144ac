import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
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
  newName,
  newVpc,
  rulesOf,
  tcp,
} from './clause.ts';

/** What EC2 does when rules are added. */
export const authorizeClauses: readonly Clause[] = [
  {
    says: 'authorize answers one rule for each source of all permissions',
    async check(ec2) {
      const rules = await authorizeIngress(ec2, await newGroup(ec2), tcp(22, '10.0.0.0/8', '0.0.0.0/0'), {
        ...tcp(80),
        Ipv6Ranges: [{ CidrIpv6: '::/0' }],
      });
      expect(rules.map((rule) => [rule.FromPort, rule.CidrIpv4 ?? rule.CidrIpv6])).toEqual([
        [22, '10.0.0.0/8'],
        [22, '0.0.0.0/0'],
        [80, '::/0'],
      ]);
      expect(new Set(rules.map((rule) => rule.SecurityGroupRuleId)).size).toBe(3);
    },
  },
  {
    says: 'the flat form adds a rule',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      const flat = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '0.0.0.0/0' };
      await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, ...flat }));
      expect(await ingressOf(ec2, GroupId)).toMatchObject([{ IpProtocol: 'tcp', FromPort: 22, CidrIpv4: '0.0.0.0/0' }]);
    },
  },
  {
    says: 'a group of the default VPC can be named in place of its id',
    async check(ec2) {
      const GroupName = newName();
      const VpcId = await defaultVpc(ec2);
      const { GroupId } = await ec2.send(new CreateSecurityGroupCommand({ GroupName, Description: 'd', VpcId }));
      const IpPermissions = [tcp(22, '10.0.0.0/8')];
      await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupName, IpPermissions }));
      expect(await ingressOf(ec2, GroupId ?? '')).toHaveLength(1);
    },
  },
  {
    says: 'host bits of an IPv4 CIDR are cleared',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      await authorizeIngress(ec2, GroupId, tcp(22, '100.68.0.18/18', '1.2.3.4/0'));
      const cidrs = (await ingressOf(ec2, GroupId)).map((rule) => rule.CidrIpv4);
      expect(cidrs).toEqual(['100.68.0.0/18', '0.0.0.0/0']);
    },
  },
  {
    says: 'an IPv6 CIDR is stored in its short lower-case form without host bits',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      const Ipv6Ranges = [{ CidrIpv6: '2001:DB8:0:0:1:0:0:1/64' }];
      await authorizeIngress(ec2, GroupId, { ...tcp(22), Ipv6Ranges });
      expect((await ingressOf(ec2, GroupId)).map((rule) => rule.CidrIpv6)).toEqual(['2001:db8::/64']);
    },
  },
  {
    says: 'the protocol numbers 6, 17, 1 and 58 become names',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      const IpRanges = [{ CidrIp: '10.0.0.0/8' }];
      const permissions = ['6', '17', '1', '58'].map((IpProtocol) => ({
        IpProtocol,
        FromPort: 8,
        ToPort: 8,
        IpRanges,
      }));
      await authorizeIngress(ec2, GroupId, ...permissions);
      const protocols = (await ingressOf(ec2, GroupId)).map((rule) => rule.IpProtocol);
      expect(protocols).toEqual(['tcp', 'udp', 'icmp', 'icmpv6']);
    },
  },
  {
    says: 'protocol -1 is stored with ports -1 whatever was sent',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      const IpRanges = [{ CidrIp: '10.0.0.0/8' }];
      await authorizeIngress(ec2, GroupId, { IpProtocol: '-1', FromPort: 22, ToPort: 22, IpRanges });
      expect(await ingressOf(ec2, GroupId)).toMatchObject([{ IpProtocol: '-1', FromPort: -1, ToPort: -1 }]);
    },
  },
  {
    says: 'describing a group shows protocol -1 without ports',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      await authorizeIngress(ec2, GroupId, { IpProtocol: '-1', IpRanges: [{ CidrIp: '10.0.0.0/8' }] });
      const { IpPermissions } = await describedGroup(ec2, GroupId);
      expect(IpPermissions?.map((permission) => [permission.IpProtocol, permission.FromPort])).toEqual([
        ['-1', undefined],
      ]);
    },
  },
  {
    says: 'describing a group gathers the sources of one protocol and port range',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      await authorizeIngress(ec2, GroupId, tcp(22, '10.0.0.0/8'));
      await authorizeIngress(ec2, GroupId, tcp(22, '192.0.2.0/24'));
      const { IpPermissions } = await describedGroup(ec2, GroupId);
      const sources = IpPermissions?.map(({ IpRanges }) => IpRanges?.map(({ CidrIp }) => CidrIp));
      expect(sources).toEqual([['10.0.0.0/8', '192.0.2.0/24']]);
    },
  },
  {
    says: 'a rule that is there already is InvalidPermission.Duplicate',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      await authorizeIngress(ec2, GroupId, tcp(22, '10.0.0.0/8'));
      await expectRefusal(authorizeIngress(ec2, GroupId, tcp(22, '10.0.0.0/8')), 'InvalidPermission.Duplicate');
    },
  },
  {
    says: 'a description does not make a rule another rule',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      await authorizeIngress(ec2, GroupId, tcp(22, '10.0.0.0/8'));
      const IpRanges = [{ CidrIp: '10.0.0.0/8', Description: 'other words' }];
      const again = authorizeIngress(ec2, GroupId, { ...tcp(22), IpRanges });
      await expectRefusal(again, 'InvalidPermission.Duplicate');
    },
  },
  {
    says: 'authorize adds all permissions or none',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      await authorizeIngress(ec2, GroupId, tcp(22, '10.0.0.0/8'));
      const mixed = authorizeIngress(ec2, GroupId, tcp(80, '10.0.0.0/8'), tcp(22, '10.0.0.0/8'));
      await expectRefusal(mixed, 'InvalidPermission.Duplicate');
      expect(await ingressOf(ec2, GroupId)).toHaveLength(1);
    },
  },
  {
    says: 'egress rules are kept apart from ingress rules',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      await authorizeIngress(ec2, GroupId, tcp(443, '10.0.0.0/8'));
      const IpPermissions = [tcp(443, '10.0.0.0/8')];
      const { SecurityGroupRules } = await ec2.send(
        new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions }),
      );
      expect(SecurityGroupRules).toMatchObject([{ IsEgress: true, FromPort: 443 }]);
      expect(await rulesOf(ec2, GroupId)).toHaveLength(3);
    },
  },
  {
    says: 'a rule keeps its description',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      const IpRanges = [{ CidrIp: '192.0.2.7/32', Description: 'office (until June)' }];
      await authorizeIngress(ec2, GroupId, { ...tcp(22), IpRanges });
      expect(await ingressOf(ec2, GroupId)).toMatchObject([{ Description: 'office (until June)' }]);
    },
  },
  {
    says: 'a rule gets the tags of its creation',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      const Tags = [{ Key: 'owner', Value: 'web' }];
      const TagSpecifications = [{ ResourceType: 'security-group-rule' as const, Tags }];
      const IpPermissions = [tcp(22, '10.0.0.0/8')];
      await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions, TagSpecifications }));
      expect(await ingressOf(ec2, GroupId)).toMatchObject([{ Tags }]);
    },
  },
  {
    says: 'the tags of a call are those of all its rules',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      const Tags = [{ Key: 'owner', Value: 'web' }];
      const TagSpecifications = [{ ResourceType: 'security-group-rule' as const, Tags }];
      const IpPermissions = [tcp(22, '10.0.0.0/8', '192.0.2.0/24')];
      await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions, TagSpecifications }));
      expect((await ingressOf(ec2, GroupId)).map((rule) => rule.Tags)).toEqual([Tags, Tags]);
    },
  },
  {
    says: 'a rule with a tag key of AWS’s own is InvalidParameterValue',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      const Tags = [{ Key: 'aws:cloudformation:stack-name', Value: 'web' }];
      const TagSpecifications = [{ ResourceType: 'security-group-rule' as const, Tags }];
      const IpPermissions = [tcp(22, '10.0.0.0/8')];
      const call = ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions, TagSpecifications }));
      await expectRefusal(call, 'InvalidParameterValue');
    },
  },
  {
    says: 'a revoked rule can be added again, under another id',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      const IpRanges = [{ CidrIp: '192.0.2.0/24', Description: 'office' }];
      const [first] = await authorizeIngress(ec2, GroupId, { ...tcp(22), IpRanges });
      const SecurityGroupRuleIds = [first?.SecurityGroupRuleId ?? ''];
      await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, SecurityGroupRuleIds }));
      const [again] = await authorizeIngress(ec2, GroupId, { ...tcp(22), IpRanges });
      expect(again?.SecurityGroupRuleId).not.toBe(first?.SecurityGroupRuleId);
      expect(await ingressOf(ec2, GroupId)).toMatchObject([{ CidrIpv4: '192.0.2.0/24', Description: 'office' }]);
    },
  },
  {
    says: 'a rule that references an unknown group is InvalidGroup.NotFound',
    async check(ec2) {
      const UserIdGroupPairs = [{ GroupId: 'sg-0123456789abcdef0' }];
      const call = authorizeIngress(ec2, await newGroup(ec2), { ...tcp(22), UserIdGroupPairs });
      await expectRefusal(call, 'InvalidGroup.NotFound');
    },
  },
  {
    says: 'a reference to a group of the same VPC names its id and owner',
    async check(ec2) {
      const vpcId = await newVpc(ec2);
      const [GroupId, peer] = [await newGroup(ec2, vpcId), await newGroup(ec2, vpcId)];
      await authorizeIngress(ec2, GroupId, { ...tcp(5432), UserIdGroupPairs: [{ GroupId: peer }] });
      const [rule] = await ingressOf(ec2, GroupId);
      expect(rule?.ReferencedGroupInfo?.GroupId).toBe(peer);
      expect(rule?.ReferencedGroupInfo?.UserId).toMatch(/^\d{12}$/);
    },
  },
  {
    says: 'a malformed CIDR is InvalidParameterValue',
    async check(ec2) {
      await expectRefusal(authorizeIngress(ec2, await newGroup(ec2), tcp(22, '10.0.0.0/33')), 'InvalidParameterValue');
    },
  },
  {
    says: 'tcp without ports is InvalidParameterValue',
    async check(ec2) {
      const call = authorizeIngress(ec2, await newGroup(ec2), {
        IpProtocol: 'tcp',
        IpRanges: [{ CidrIp: '10.0.0.0/8' }],
      });
      await expectRefusal(call, 'InvalidParameterValue');
    },
  },
  {
    says: 'authorizing on an unknown group is InvalidGroup.NotFound',
    async check(ec2) {
      await expectRefusal(
        authorizeIngress(ec2, 'sg-0123456789abcdef0', tcp(22, '10.0.0.0/8')),
        'InvalidGroup.NotFound',
      );
    },
  },
  {
    says: 'the sixty-first rule of a direction is RulesPerSecurityGroupLimitExceeded',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      const sixty = Array.from({ length: 60 }, (_, i) => `10.${i}.0.0/16`);
      await authorizeIngress(ec2, GroupId, tcp(22, ...sixty));
      const more = authorizeIngress(ec2, GroupId, tcp(22, '192.0.2.0/24'));
      await expectRefusal(more, 'RulesPerSecurityGroupLimitExceeded');
    },
  },
  {
    says: 'IPv4 and IPv6 rules are counted apart',
    async check(ec2) {
      const GroupId = await newGroup(ec2);
      const sixty = Array.from({ length: 60 }, (_, i) => `10.${i}.0.0/16`);
      await authorizeIngress(ec2, GroupId, tcp(22, ...sixty));
      await authorizeIngress(ec2, GroupId, { ...tcp(22), Ipv6Ranges: [{ CidrIpv6: '2001:db8::/32' }] });
      expect(await ingressOf(ec2, GroupId)).toHaveLength(61);
    },
  },
];
