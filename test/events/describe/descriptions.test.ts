import { describe, expect, it } from 'vitest';
import type { Group } from '../../../shared/domain/group.ts';
import { readGroups } from '../../../shared/events/describe/descriptions.ts';
import { groupFromSdk, ruleFromSdk } from '../../../shared/events/describe/group.ts';

function permission(...cidrs: readonly string[]) {
  return {
    IpProtocol: 'tcp',
    FromPort: 22,
    ToPort: 22,
    IpRanges: cidrs.map((CidrIp) => ({ CidrIp })),
    Ipv6Ranges: [],
    PrefixListIds: [],
    UserIdGroupPairs: [],
  };
}

function group(id: string, ...cidrs: readonly string[]) {
  return {
    GroupId: id,
    GroupName: `name of ${id}`,
    Description: 'a group',
    OwnerId: '111122223333',
    VpcId: 'vpc-11111111',
    Tags: [{ Key: 'tier', Value: 'web' }],
    IpPermissions: [permission(...cidrs)],
    IpPermissionsEgress: [],
  };
}

function rule(id: string, groupId: string, cidr: string) {
  return {
    SecurityGroupRuleId: id,
    GroupId: groupId,
    GroupOwnerId: '111122223333',
    IsEgress: false,
    IpProtocol: 'tcp',
    FromPort: 22,
    ToPort: 22,
    CidrIpv4: cidr,
    Tags: [],
  };
}

function ssh(groupId: string, cidr: string) {
  return {
    groupId,
    direction: 'ingress',
    protocol: 'tcp',
    fromPort: 22,
    toPort: 22,
    source: { kind: 'ipv4', cidr },
  };
}

function groupsIn(json: unknown): readonly Group[] {
  const { groups, errors } = readGroups(json, 'file');
  expect(errors).toEqual([]);
  return groups;
}

const ONE = [
  {
    id: 'sg-11111111',
    name: 'name of sg-11111111',
    description: 'a group',
    ownerId: '111122223333',
    vpcId: 'vpc-11111111',
    tags: { tier: 'web' },
    rules: [ssh('sg-11111111', '0.0.0.0/0'), ssh('sg-11111111', '10.0.0.0/8')],
  },
];

describe('DescribeSecurityGroups', () => {
  const one = group('sg-11111111', '0.0.0.0/0', '10.0.0.0/8');

  it.each([
    ['a response', { SecurityGroups: [one] }],
    ['an array of responses', [{ SecurityGroups: [one] }, { SecurityGroups: [] }]],
    ['an array of groups', [one]],
    ['one group', one],
  ])('reads %s, with a rule for each source of a permission', (_, json) => {
    expect(groupsIn(json)).toEqual(ONE);
  });

  it('reads null as absent', () => {
    const bare = {
      IpProtocol: '-1',
      FromPort: null,
      ToPort: null,
      IpRanges: null,
      Ipv6Ranges: [{ CidrIpv6: '::/0', Description: null }],
    };
    expect(
      groupsIn({ GroupId: 'sg-1', GroupName: null, Tags: null, IpPermissions: null, IpPermissionsEgress: [bare] }),
    ).toEqual([
      {
        id: 'sg-1',
        name: '',
        tags: {},
        rules: [{ groupId: 'sg-1', direction: 'egress', protocol: '-1', source: { kind: 'ipv6', cidr: '::/0' } }],
      },
    ]);
  });

  it('reads prefix lists and groups as sources, with their descriptions', () => {
    const sources = {
      IpProtocol: '6',
      FromPort: 443,
      ToPort: 443,
      PrefixListIds: [{ PrefixListId: 'pl-1', Description: 'cdn' }],
      UserIdGroupPairs: [{ GroupId: 'sg-2', UserId: '444455556666', VpcId: 'vpc-2', VpcPeeringConnectionId: 'pcx-1' }],
    };
    expect(groupsIn([{ GroupId: 'sg-1', IpPermissions: [sources] }])[0]?.rules).toEqual([
      {
        groupId: 'sg-1',
        direction: 'ingress',
        protocol: 'tcp',
        fromPort: 443,
        toPort: 443,
        source: { kind: 'prefix-list', id: 'pl-1' },
        description: 'cdn',
      },
      {
        groupId: 'sg-1',
        direction: 'ingress',
        protocol: 'tcp',
        fromPort: 443,
        toPort: 443,
        source: { kind: 'group', groupId: 'sg-2', ownerId: '444455556666', vpcId: 'vpc-2', peeringId: 'pcx-1' },
      },
    ]);
  });

  it('keeps a CIDR as written, with host bits', () => {
    expect(groupsIn(permission('1.2.3.4/0'))[0]?.rules[0]?.source).toEqual({ kind: 'ipv4', cidr: '1.2.3.4/0' });
  });

  it('keeps groups without ids apart', () => {
    const { GroupId: _, ...nameless } = one;
    expect(groupsIn([nameless, nameless, nameless]).map(({ id, rules }) => [id, rules[0]?.groupId])).toEqual([
      ['unidentified', 'unidentified'],
      ['unidentified-2', 'unidentified-2'],
      ['unidentified-3', 'unidentified-3'],
    ]);
  });

  it('reads a tag named __proto__', () => {
    const [read] = groupsIn(
      JSON.parse('{"GroupId":"sg-1","Tags":[{"Key":"__proto__","Value":"x"},{"Key":"a"},null,{"Value":"b"}]}'),
    );
    expect(Object.entries(read?.tags ?? {})).toEqual([
      ['__proto__', 'x'],
      ['a', ''],
    ]);
  });
});

describe('bare permissions', () => {
  it.each([
    ['an array', [permission('0.0.0.0/0')]],
    ['one', permission('0.0.0.0/0')],
    ['a group of nothing else', { IpPermissions: [permission('0.0.0.0/0')] }],
  ])('are read as the ingress of an unidentified group: %s', (_, json) => {
    expect(groupsIn(json)).toEqual([
      { id: 'unidentified', name: '', tags: {}, rules: [ssh('unidentified', '0.0.0.0/0')] },
    ]);
  });
});

describe('DescribeSecurityGroupRules', () => {
  it('reads rules with their ids and tags, by group', () => {
    const rules = [
      { ...rule('sgr-1', 'sg-1', '0.0.0.0/0'), Tags: [{ Key: 'portcullis:reason', Value: 'demo' }], Description: 'x' },
      rule('sgr-2', 'sg-2', '10.0.0.0/8'),
    ];
    expect(groupsIn({ SecurityGroupRules: rules })).toEqual([
      {
        id: 'sg-1',
        name: '',
        tags: {},
        rules: [{ id: 'sgr-1', ...ssh('sg-1', '0.0.0.0/0'), description: 'x', tags: { 'portcullis:reason': 'demo' } }],
      },
      { id: 'sg-2', name: '', tags: {}, rules: [{ id: 'sgr-2', ...ssh('sg-2', '10.0.0.0/8'), tags: {} }] },
    ]);
  });

  it('is merged with DescribeSecurityGroups in any order: names and tags from one, rule ids from the other', () => {
    const groups = { SecurityGroups: [group('sg-1', '0.0.0.0/0', '10.0.0.0/8')] };
    const rules = { SecurityGroupRules: [rule('sgr-1', 'sg-1', '0.0.0.0/0')] };
    for (const json of [[groups, rules], [rules, groups], { ...groups, ...rules }]) {
      const [read, ...more] = groupsIn(json);
      expect(more).toEqual([]);
      expect(read).toMatchObject({ id: 'sg-1', name: 'name of sg-1', tags: { tier: 'web' } });
      expect(read?.rules.map(({ id, source }) => [id, source])).toEqual([
        ['sgr-1', { kind: 'ipv4', cidr: '0.0.0.0/0' }],
        [undefined, { kind: 'ipv4', cidr: '10.0.0.0/8' }],
      ]);
    }
  });

  it('keeps two ids with equal content apart', () => {
    const [read] = groupsIn([
      rule('sgr-1', 'sg-1', '0.0.0.0/0'),
      rule('sgr-2', 'sg-1', '0.0.0.0/0'),
      rule('sgr-1', 'sg-1', '0.0.0.0/0'),
    ]);
    expect(read?.rules.map(({ id }) => id)).toEqual(['sgr-1', 'sgr-2']);
  });
});

describe('a description with errors', () => {
  it('yields all other rules and groups, and the path of each error', () => {
    const bad = {
      SecurityGroups: [
        group('sg-1', '0.0.0.0/0', '10.0.0/8', '10.1.0.0/16'),
        {
          GroupId: 'sg-2',
          IpPermissions: [
            { IpProtocol: 'tcpp', IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
            { IpProtocol: 'tcp', FromPort: 80, ToPort: 22 },
            { IpProtocol: 'tcp', FromPort: 70_000, ToPort: 70_000 },
            { IpProtocol: 'tcp', FromPort: 'ssh' },
            7,
            { IpProtocol: 'udp', FromPort: 53, ToPort: 53, IpRanges: 'everywhere' },
            {
              IpProtocol: 'udp',
              FromPort: 53,
              ToPort: 53,
              UserIdGroupPairs: [{ GroupName: 'x' }],
              PrefixListIds: [{}],
              Ipv6Ranges: [1],
            },
          ],
          IpPermissionsEgress: 'none',
        },
        'sg-3',
        group('sg-4', '10.0.0.0/8'),
      ],
    };
    const { groups, errors } = readGroups(bad, 'groups.json');
    expect(groups.map(({ id, rules }) => [id, rules.length])).toEqual([
      ['sg-1', 2],
      ['sg-2', 0],
      ['sg-4', 1],
    ]);
    expect(errors).toEqual([
      'groups.json: SecurityGroups[0].IpPermissions[0].IpRanges[1].CidrIp: "10.0.0/8" is not a CIDR block (such as 10.0.0.0/8 or 2001:db8::/32)',
      'groups.json: SecurityGroups[1].IpPermissions[0].IpProtocol: "tcpp" is not a protocol (such as "tcp", "17" or "-1")',
      'groups.json: SecurityGroups[1].IpPermissions[1].FromPort: 80 is above ToPort 22',
      'groups.json: SecurityGroups[1].IpPermissions[2].FromPort: 70000 is not a port (-1 to 65535)',
      'groups.json: SecurityGroups[1].IpPermissions[3].FromPort: "ssh" is not a port (-1 to 65535)',
      'groups.json: SecurityGroups[1].IpPermissions[4]: 7 is not a permission',
      'groups.json: SecurityGroups[1].IpPermissions[5].IpRanges: "everywhere" is not a list',
      'groups.json: SecurityGroups[1].IpPermissions[6].Ipv6Ranges[0]: 1 is not a source',
      'groups.json: SecurityGroups[1].IpPermissions[6].PrefixListIds[0].prefixListId: nothing is not a prefix list id (such as pl-0123456789abcdef0)',
      'groups.json: SecurityGroups[1].IpPermissions[6].UserIdGroupPairs[0].groupId: nothing is not a group id (such as sg-0123456789abcdef0)',
      'groups.json: SecurityGroups[1].IpPermissionsEgress: "none" is not a list of permissions',
      'groups.json: SecurityGroups[2]: expected DescribeSecurityGroups or DescribeSecurityGroupRules JSON ({"SecurityGroups": […]}), groups, or IpPermissions, not "sg-3"; give the whole output of: aws ec2 describe-security-groups',
    ]);
  });

  it('keeps the group of an unreadable rule', () => {
    const bad = [
      { ...rule('sgr-1', 'sg-1', '0.0.0.0/33') },
      { ...rule('sgr-2', 'sg-2', '0.0.0.0/0'), IsEgress: 'maybe' },
      { SecurityGroupRuleId: 'sgr-3', GroupId: 'sg-3', IsEgress: true, IpProtocol: '-1' },
    ];
    const { groups, errors } = readGroups({ SecurityGroupRules: bad }, 'stdin');
    expect(groups.map(({ id, rules }) => [id, rules.length])).toEqual([
      ['sg-1', 0],
      ['sg-2', 0],
      ['sg-3', 0],
    ]);
    expect(errors).toEqual([
      'stdin: SecurityGroupRules[0].CidrIpv4: "0.0.0.0/33" is not a CIDR block (such as 10.0.0.0/8 or 2001:db8::/32)',
      'stdin: SecurityGroupRules[1].IsEgress: "maybe" is neither true nor false',
      'stdin: SecurityGroupRules[2]: names no source (CidrIpv4, CidrIpv6, PrefixListId or ReferencedGroupInfo)',
    ]);
  });

  it.each([null, 7, 'x', {}, { Reservations: [] }, [[]], { SecurityGroups: 'x' }, [null]])(
    'names what it expected in place of %j',
    (json) => {
      const { groups, errors } = readGroups(json, 'stdin');
      expect(groups).toEqual([]);
      expect(errors).toHaveLength(1);
      expect(errors[0]).toMatch(/^stdin: .*(expected DescribeSecurityGroups|is not a list)/);
    },
  );
});

describe("the SDK's shapes", () => {
  it('are read as they are', () => {
    expect(ruleFromSdk(rule('sgr-1', 'sg-1', '0.0.0.0/0'))).toEqual({
      id: 'sgr-1',
      ...ssh('sg-1', '0.0.0.0/0'),
      tags: {},
    });
    expect(groupFromSdk(group('sg-11111111', '0.0.0.0/0', '10.0.0.0/8'))).toEqual(ONE[0]);
  });

  it('are refused where EC2 states what it never states', () => {
    expect(() => ruleFromSdk(null)).toThrow('SecurityGroupRule: null is not a security group rule');
    expect(() => groupFromSdk(undefined)).toThrow('SecurityGroup: nothing is not a security group');
    expect(() => groupFromSdk(group('sg-1', 'a', 'b'))).toThrow('IpRanges[0].CidrIp: "a" is not a CIDR block');
  });
});
