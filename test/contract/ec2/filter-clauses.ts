import {
  AuthorizeSecurityGroupEgressCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  type EC2Client,
  type IpPermission,
} from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import { authorizeIngress, type Clause, describedGroup, expectRefusal, newGroup, newList, newVpc } from './clause.ts';

/** Ids of the groups of the VPC that pass one more filter. */
async function found(ec2: EC2Client, vpcId: string, Name: string, value: string): Promise<readonly string[]> {
  const Filters = [
    { Name: 'vpc-id', Values: [vpcId] },
    { Name, Values: [value] },
  ];
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
  return SecurityGroups.map(({ GroupId = '' }) => GroupId);
}

/** A filter on rules, and the value by which it finds the rules of `everySource`. */
type RuleFilter = readonly [string, (sources: Sources) => string];

const RULE_FILTERS: readonly RuleFilter[] = [
  ['cidr', () => '192.0.2.0/24'],
  ['ipv6-cidr', () => '2001:db8::/32'],
  ['prefix-list-id', ({ list }) => list],
  ['group-id', ({ named }) => named],
  ['group-name', ({ name }) => name],
  ['user-id', ({ owner }) => owner],
  ['protocol', () => 'tcp'],
  ['from-port', () => '8000'],
  ['to-port', () => '8010'],
];

interface Sources {
  readonly list: string;
  readonly named: string;
  readonly name: string;
  readonly owner: string;
}

/** One permission with a source of each kind. */
function everySource({ list, named }: Sources): IpPermission {
  return {
    IpProtocol: 'tcp',
    FromPort: 8000,
    ToPort: 8010,
    IpRanges: [{ CidrIp: '192.0.2.0/24' }],
    Ipv6Ranges: [{ CidrIpv6: '2001:db8::/32' }],
    PrefixListIds: [{ PrefixListId: list }],
    UserIdGroupPairs: [{ GroupId: named }],
  };
}

async function newSources(ec2: EC2Client, vpcId: string): Promise<Sources> {
  const named = await newGroup(ec2, vpcId);
  const { GroupName: name = '', OwnerId: owner = '' } = await describedGroup(ec2, named);
  return { list: await newList(ec2, ['198.51.100.0/24']), named, name, owner };
}

function inbound([name, valueOf]: RuleFilter): Clause {
  return {
    says: `groups are found by the ${name} of their inbound rules`,
    async check(ec2) {
      const vpcId = await newVpc(ec2);
      const sources = await newSources(ec2, vpcId);
      const group = await newGroup(ec2, vpcId);
      await authorizeIngress(ec2, group, everySource(sources));
      const [standard] = await found(ec2, vpcId, 'group-name', 'default');
      const hits = await found(ec2, vpcId, `ip-permission.${name}`, valueOf(sources));
      expect(hits.filter((id) => id !== standard)).toEqual([group]);
      expect(await found(ec2, vpcId, `egress.ip-permission.${name}`, valueOf(sources))).toEqual([]);
    },
  };
}

function outbound([name, valueOf]: RuleFilter): Clause {
  return {
    says: `groups are found by the ${name} of their outbound rules`,
    async check(ec2) {
      const vpcId = await newVpc(ec2);
      const sources = await newSources(ec2, vpcId);
      const group = await newGroup(ec2, vpcId);
      const IpPermissions = [everySource(sources)];
      await ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId: group, IpPermissions }));
      expect(await found(ec2, vpcId, `egress.ip-permission.${name}`, valueOf(sources))).toEqual([group]);
    },
  };
}

/** What EC2 does with filters. */
export const filterClauses: readonly Clause[] = [
  ...RULE_FILTERS.map(inbound),
  ...RULE_FILTERS.map(outbound),
  {
    says: 'several filters on rules can be met by different rules of a group',
    async check(ec2) {
      const vpcId = await newVpc(ec2);
      const group = await newGroup(ec2, vpcId);
      await authorizeIngress(
        ec2,
        group,
        { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '10.0.0.0/8' }] },
        { IpProtocol: 'udp', FromPort: 53, ToPort: 53, IpRanges: [{ CidrIp: '192.0.2.0/24' }] },
      );
      const Filters = [
        { Name: 'vpc-id', Values: [vpcId] },
        { Name: 'ip-permission.from-port', Values: ['22'] },
        { Name: 'ip-permission.cidr', Values: ['192.0.2.0/24'] },
      ];
      const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
      expect(SecurityGroups?.map(({ GroupId }) => GroupId)).toEqual([group]);
    },
  },
  {
    says: 'a filter that groups do not have is InvalidParameterValue',
    async check(ec2) {
      const Filters = [{ Name: 'ip-permission.colour', Values: ['red'] }];
      await expectRefusal(ec2.send(new DescribeSecurityGroupsCommand({ Filters })), 'InvalidParameterValue');
    },
  },
  {
    says: 'a malformed group id in a filter on rules is InvalidGroupId.Malformed',
    async check(ec2) {
      const Filters = [{ Name: 'group-id', Values: ['group-1'] }];
      await expectRefusal(ec2.send(new DescribeSecurityGroupRulesCommand({ Filters })), 'InvalidGroupId.Malformed');
    },
  },
];
