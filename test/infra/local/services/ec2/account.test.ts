import { BlockList } from 'node:net';
import * as fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { canonicalCidr, canonicalTraffic } from '../../../../../infra/local/services/ec2/canonical.ts';
import { ec2Operations as calls } from '../../../../../infra/local/services/ec2/operations.ts';
import { storePeering } from '../../../../../infra/local/services/ec2/peerings.ts';
import { pageOf } from '../../../../../infra/local/services/listing.ts';
import { Account, type Region } from '../../../../../infra/local/state/account.ts';
import { AwsError } from '../../../../../infra/local/state/operation.ts';
import { VirtualClock } from '../../../../../infra/local/time/virtual-clock.ts';
import { seeded } from '../../local-client.ts';

let region: Region;
let vpcId: string;
let groupId: string;

beforeEach(() => {
  const account = new Account({
    accountId: '111122223333',
    homeRegion: 'us-east-1',
    clock: new VirtualClock(),
    random: seeded(1),
  });
  region = account.region('us-east-1');
  vpcId = calls.CreateVpc(region, { CidrBlock: '10.0.0.0/16' }).Vpc?.VpcId ?? '';
  groupId = newGroup('web');
});

function newGroup(name: string): string {
  const input = { GroupName: name, Description: 'd', VpcId: vpcId };
  return calls.CreateSecurityGroup(region, input).GroupId ?? '';
}

function codeOf(call: () => unknown): string {
  try {
    call();
  } catch (cause) {
    if (cause instanceof AwsError) return cause.code;
    throw cause;
  }
  return 'no error';
}

/** Runs a call that must be refused, and checks that it has not changed the region. */
function refusal(call: () => unknown): string {
  const before = structuredClone({ ...region, account: undefined });
  const code = codeOf(call);
  expect({ ...region, account: undefined }).toEqual(before);
  return code;
}

function tcp(port: number) {
  return {
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    IpRanges: [{ CidrIp: '0.0.0.0/0' }],
  };
}

function authorize(...IpPermissions: readonly object[]) {
  return calls.AuthorizeSecurityGroupIngress(region, { GroupId: groupId, IpPermissions });
}

function described(Description: string) {
  return {
    ...tcp(22),
    IpRanges: [{ CidrIp: '0.0.0.0/0', Description }],
  };
}

function tag(Tags: { Key: string; Value: string }[], id = groupId) {
  return refusal(() => calls.CreateTags(region, { Resources: [id], Tags }));
}

const CALLER = { accessKeyId: 'AKIAEXAMPLEEXAMPLE00', arn: 'arn:aws:iam::111122223333:user/example', userId: 'AIDA' };

function attach(SubnetId: string | undefined, Groups: string[]) {
  return refusal(() => calls.CreateNetworkInterface(region, { SubnetId, Groups }, CALLER));
}

function add(Cidr: string) {
  return { AddEntries: [{ Cidr }] };
}

function createList(entries: readonly string[], MaxEntries: number) {
  return (
    calls.CreateManagedPrefixList(region, {
      PrefixListName: 'offices',
      AddressFamily: 'IPv4',
      MaxEntries,
      Entries: entries.map((Cidr) => ({ Cidr })),
    }).PrefixList?.PrefixListId ?? ''
  );
}

function names(...Values: readonly string[]) {
  return calls
    .DescribeSecurityGroups(region, { Filters: [{ Name: 'group-name', Values: [...Values] }] })
    .SecurityGroups?.map((group) => group.GroupName);
}

describe('CIDRs', () => {
  test.each([
    ['1.2.3.4/0', '0.0.0.0/0'],
    ['100.68.0.18/18', '100.68.0.0/18'],
    ['192.0.2.255/32', '192.0.2.255/32'],
    ['::/0', '::/0'],
    ['2001:0DB8::0001/128', '2001:db8::1/128'],
    ['2001:db8:0:0:1:0:0:1/128', '2001:db8::1:0:0:1/128'],
    ['2001:db8:0:1:1:1:1:1/128', '2001:db8:0:1:1:1:1:1/128'],
    ['::ffff:192.0.2.1/128', '::ffff:c000:201/128'],
    ['ffff:ffff::/1', '8000::/1'],
    ['1:0:0:2:0:0:0:3/128', '1:0:0:2::3/128'],
  ])('%s is stored as %s', (stated, stored) => {
    expect(canonicalCidr(stated).cidr).toBe(stored);
  });

  test.each([
    '',
    '10.0.0.0',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0/8',
    '010.0.0.0/8',
    '10.0.0.0/8/8',
    '::/129',
    'fe80::%eth0/64',
    '10.0.0.0/-1',
    '10.0.0.0/ 8',
    'world',
  ])('%j is malformed', (stated) => {
    expect(codeOf(() => canonicalCidr(stated))).toBe('InvalidParameterValue');
  });

  test('the canonical block has the addresses of the original, and canonicalizing it again changes nothing', () => {
    const address = fc.oneof(
      fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })),
      fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })),
    );
    fc.assert(
      fc.property(address, ([ip, prefix]) => {
        const { family, cidr } = canonicalCidr(`${ip}/${prefix}`);
        expect(canonicalCidr(cidr).cidr).toBe(cidr);
        const block = new BlockList();
        block.addSubnet(cidr.split('/')[0]!, prefix, family);
        expect(block.check(ip, family)).toBe(true);
      }),
    );
  });
});

describe('protocols and ports', () => {
  test.each<[string, number | undefined, number | undefined, object]>([
    ['6', 22, 22, { protocol: 'tcp', fromPort: 22, toPort: 22 }],
    ['UDP', 0, 65535, { protocol: 'udp', fromPort: 0, toPort: 65535 }],
    ['58', undefined, undefined, { protocol: 'icmpv6', fromPort: -1, toPort: -1 }],
    ['icmp', 8, -1, { protocol: 'icmp', fromPort: 8, toPort: -1 }],
    ['-1', 0, 0, { protocol: '-1', fromPort: -1, toPort: -1 }],
    ['all', undefined, undefined, { protocol: '-1', fromPort: -1, toPort: -1 }],
    ['50', 22, 22, { protocol: '50', fromPort: -1, toPort: -1 }],
  ])('%s %s-%s', (protocol, from, to, stored) => {
    expect(canonicalTraffic(protocol, from, to)).toEqual(stored);
  });

  test.each<[string, number | undefined, number | undefined]>([
    ['tcp', undefined, 22],
    ['tcp', 22, undefined],
    ['tcp', 23, 22],
    ['tcp', -1, -1],
    ['udp', 0, 65536],
    ['icmp', undefined, undefined],
    ['icmp', 256, 0],
    ['icmp', 8, 256],
    ['icmp', -1, 0],
    ['256', undefined, undefined],
    ['esp', undefined, undefined],
    ['-2', undefined, undefined],
  ])('%s %s-%s is refused', (protocol, from, to) => {
    expect(codeOf(() => canonicalTraffic(protocol, from, to))).toBe('InvalidParameterValue');
  });
});

describe('a refused call changes nothing:', () => {
  test('a permission that is requested twice', () => {
    expect(refusal(() => authorize(tcp(22), tcp(22)))).toBe('InvalidParameterValue');
  });

  test('no permission at all', () => {
    expect(refusal(() => calls.AuthorizeSecurityGroupIngress(region, { GroupId: groupId }))).toBe('MissingParameter');
    expect(refusal(() => calls.RevokeSecurityGroupIngress(region, { GroupId: groupId }))).toBe('MissingParameter');
  });

  test('no group at all', () => {
    const IpPermissions = [tcp(22)];
    expect(refusal(() => calls.AuthorizeSecurityGroupIngress(region, { IpPermissions }))).toBe('MissingParameter');
  });

  test('a permission without a source or without a protocol', () => {
    expect(refusal(() => authorize({ ...tcp(22), IpRanges: [] }))).toBe('InvalidParameterValue');
    expect(refusal(() => authorize({ IpRanges: [{ CidrIp: '0.0.0.0/0' }] }))).toBe('MissingParameter');
  });

  test('a description with invalid characters', () => {
    expect(refusal(() => authorize(described('Zoë')))).toBe('InvalidParameterValue');
    expect(refusal(() => authorize(described('x'.repeat(256))))).toBe('InvalidParameterValue');
  });

  test('an unknown prefix list', () => {
    const PrefixListIds = [{ PrefixListId: 'pl-0123456789abcdef0' }];
    expect(refusal(() => authorize({ ...tcp(22), PrefixListIds }))).toBe('InvalidPrefixListID.NotFound');
  });

  test('more rules than the quota', () => {
    const sixtyOne = Array.from({ length: 61 }, (_, i) => tcp(1000 + i));
    expect(refusal(() => authorize(...sixtyOne))).toBe('RulesPerSecurityGroupLimitExceeded');
  });

  test('ids and permissions in one revoke call', () => {
    const input = {
      GroupId: groupId,
      IpPermissions: [tcp(22)],
      SecurityGroupRuleIds: ['sgr-0123456789abcdef0'],
    };
    expect(refusal(() => calls.RevokeSecurityGroupIngress(region, input))).toBe('InvalidParameterCombination');
  });

  test('revoking an egress rule as an ingress rule, and a rule of another group', () => {
    const egress = [...region.rules.values()].find((rule) => rule.groupId === groupId);
    const SecurityGroupRuleIds = [egress?.id ?? ''];
    const asIngress = () => calls.RevokeSecurityGroupIngress(region, { GroupId: groupId, SecurityGroupRuleIds });
    expect(refusal(asIngress)).toBe('InvalidSecurityGroupRuleId.NotFound');
    const other = newGroup('other');
    const ofOther = () => calls.RevokeSecurityGroupEgress(region, { GroupId: other, SecurityGroupRuleIds });
    expect(refusal(ofOther)).toBe('InvalidSecurityGroupRuleId.NotFound');
  });

  test('changing two rules into the same rule, and one rule twice', () => {
    const rules = authorize(tcp(22), tcp(23)).SecurityGroupRules;
    const wanted = { IpProtocol: 'tcp', FromPort: 80, ToPort: 80, CidrIpv4: '0.0.0.0/0' };
    const modify = (...ids: readonly (string | undefined)[]) =>
      calls.ModifySecurityGroupRules(region, {
        GroupId: groupId,
        SecurityGroupRules: ids.map((id) => ({ SecurityGroupRuleId: id, SecurityGroupRule: wanted })),
      });
    const [one, two] = rules.map((rule) => rule.SecurityGroupRuleId);
    expect(refusal(() => modify(one, two))).toBe('InvalidParameterValue');
    expect(refusal(() => modify(one, one))).toBe('InvalidParameterValue');
    expect(refusal(() => modify())).toBe('MissingParameter');
  });

  test('reserved tag keys, too many tags, tags of an unknown resource', () => {
    expect(tag([{ Key: 'aws:x', Value: '' }])).toBe('InvalidParameterValue');
    expect(tag(Array.from({ length: 51 }, (_, i) => ({ Key: `k${i}`, Value: '' })))).toBe('TagLimitExceeded');
    expect(tag([])).toBe('MissingParameter');
    expect(tag([{ Key: 'a', Value: '' }], 'vpc-0123456789abcdef0')).toBe('InvalidVpcID.NotFound');
    expect(tag([{ Key: 'a', Value: '' }], 'vol-0123456789abcdef0')).toBe('InvalidID');
    expect(tag([{ Key: 'a', Value: '' }], 'sgr-0123456789abcdef0')).toBe('InvalidSecurityGroupRuleId.NotFound');
  });

  test.each([
    ['default', 'InvalidGroup.Reserved'],
    ['sg-mine', 'InvalidParameterValue'],
    ['Zoë', 'InvalidParameterValue'],
    ['', 'MissingParameter'],
  ])('a group with the name %j', (GroupName, code) => {
    const create = () => calls.CreateSecurityGroup(region, { GroupName, Description: 'd', VpcId: vpcId });
    expect(refusal(create)).toBe(code);
  });

  test('a group without a VPC if there is no default VPC', () => {
    const input = { GroupName: 'a', Description: 'd' };
    expect(refusal(() => calls.CreateSecurityGroup(region, input))).toBe('VPCIdNotSpecified');
  });

  test('an unknown filter', () => {
    const Filters = [{ Name: 'colour', Values: ['red'] }];
    expect(refusal(() => calls.DescribeSecurityGroups(region, { Filters }))).toBe('InvalidParameterValue');
  });

  test('a sixth group on an interface, and a group of another VPC', () => {
    const subnet = calls.CreateSubnet(region, { VpcId: vpcId, CidrBlock: '10.0.1.0/24' }).Subnet?.SubnetId;
    const groups = Array.from({ length: 6 }, (_, i) => newGroup(`g${i}`));
    expect(attach(subnet, groups)).toBe('SecurityGroupsPerInterfaceLimitExceeded');
    vpcId = calls.CreateVpc(region, { CidrBlock: '10.1.0.0/16' }).Vpc?.VpcId ?? '';
    const foreign = newGroup('foreign');
    expect(attach(subnet, [foreign])).toBe('InvalidGroup.NotFound');
  });

  test('a VPC larger than /16', () => {
    expect(refusal(() => calls.CreateVpc(region, { CidrBlock: '10.0.0.0/8' }))).toBe('InvalidVpc.Range');
  });
});

describe('prefix lists', () => {
  test('increasing the size is refused if it would exceed the quota of a group that references the list', () => {
    const id = createList(['192.0.2.0/24'], 50);
    const permission = { IpProtocol: '-1', PrefixListIds: [{ PrefixListId: id }] };
    calls.AuthorizeSecurityGroupIngress(region, { GroupId: groupId, IpPermissions: [permission] });
    const grow = (MaxEntries: number) => () => calls.ModifyManagedPrefixList(region, { PrefixListId: id, MaxEntries });
    expect(refusal(grow(61))).toBe('RulesPerSecurityGroupLimitExceeded');
    expect(codeOf(grow(60))).toBe('no error');
  });

  test('deleting a referenced list fails after the call, with the reason', () => {
    const id = createList(['192.0.2.0/24'], 5);
    const permission = { IpProtocol: '-1', PrefixListIds: [{ PrefixListId: id }] };
    calls.AuthorizeSecurityGroupIngress(region, { GroupId: groupId, IpPermissions: [permission] });
    expect(calls.DeleteManagedPrefixList(region, { PrefixListId: id }).PrefixList?.State).toBe('delete-in-progress');
    const { PrefixLists } = calls.DescribeManagedPrefixLists(region, { PrefixListIds: [id] });
    expect(PrefixLists).toMatchObject([{ State: 'delete-failed', StateMessage: expect.stringContaining(groupId) }]);
  });

  test('invalid changes are refused', () => {
    const id = createList(['192.0.2.0/24'], 1);
    const modify = (change: object) =>
      refusal(() => calls.ModifyManagedPrefixList(region, { PrefixListId: id, ...change }));
    expect(modify(add('10.0.0.0/8'))).toBe('MissingParameter');
    expect(modify({ CurrentVersion: 1, ...add('10.0.0.0/8') })).toBe('PrefixListMaxEntriesExceeded');
    expect(modify({ CurrentVersion: 1, ...add('2001:db8::/32') })).toBe('InvalidParameterValue');
    expect(modify({ CurrentVersion: 1, MaxEntries: 5, ...add('10.0.0.0/8') })).toBe('InvalidParameterCombination');
    expect(modify({ CurrentVersion: 1, RemoveEntries: [{ Cidr: '10.0.0.0/8' }] })).toBe(
      'InvalidPrefixListModification',
    );
    expect(modify({ MaxEntries: 0 })).toBe('InvalidParameterValue');
    expect(refusal(() => createList(['192.0.2.0/24', '192.0.2.1/24'], 5))).toBe('InvalidParameterValue');
  });
});

describe('pages', () => {
  const limits = { min: 1, max: 100 };

  test('contain every item once and in order, whatever their size', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 60 }), fc.integer({ min: 1, max: 100 }), (items, MaxResults) => {
        const seen: number[] = [];
        let token: string | undefined;
        do {
          const page: ReturnType<typeof pageOf<number>> = pageOf(items, { MaxResults, NextToken: token }, limits);
          seen.push(...page.items);
          token = page.next.NextToken;
        } while (token !== undefined);
        expect(seen).toEqual(items);
      }),
    );
  });

  test('with an invalid size or token are refused', () => {
    expect(codeOf(() => pageOf([], { MaxResults: 0 }, limits))).toBe('InvalidParameterValue');
    expect(codeOf(() => pageOf([], { MaxResults: 101 }, limits))).toBe('InvalidParameterValue');
    expect(codeOf(() => pageOf([], { NextToken: 'bm9uc2Vuc2U=' }, limits))).toBe('InvalidNextToken');
  });
});

test('filters support wildcards, and a backslash escapes them', () => {
  newGroup('web-2');
  newGroup('a*b');
  expect(names('web*')).toEqual(['web', 'web-2']);
  expect(names('we?')).toEqual(['web']);
  expect(names('a\\*b')).toEqual(['a*b']);
  expect(names('w.b')).toEqual([]);
});

test('a group of another account can be a source only over an active peering connection with that account', () => {
  const theirs = { vpcId: 'vpc-0fedcba9876543210', ownerId: '444455556666' };
  const { id: VpcPeeringConnectionId } = storePeering(region, {
    requester: theirs,
    accepter: { vpcId, ownerId: region.account.id },
    status: 'active',
    referencedByPeer: [],
  });
  const stranger = { GroupId: 'sg-0fedcba9876543210', UserId: '777788889999' };
  const fromStranger = [{ IpProtocol: '-1', UserIdGroupPairs: [stranger] }];
  const fromThem = () => calls.AuthorizeSecurityGroupIngress(region, { GroupId: groupId, IpPermissions: fromStranger });
  expect(refusal(fromThem)).toBe('InvalidGroup.NotFound');
  const peer = { GroupId: 'sg-0fedcba9876543210', UserId: theirs.ownerId, VpcPeeringConnectionId };
  const IpPermissions = [{ IpProtocol: '-1', UserIdGroupPairs: [peer] }];
  const { SecurityGroupRules } = calls.AuthorizeSecurityGroupIngress(region, { GroupId: groupId, IpPermissions });
  expect(SecurityGroupRules[0]?.ReferencedGroupInfo).toMatchObject({
    ...peer,
    VpcId: theirs.vpcId,
    PeeringStatus: 'active',
  });
});

test('a source group at the top level of a call gets full TCP, UDP and ICMP access', () => {
  calls.CreateDefaultVpc(region);
  const input = { GroupName: 'default', SourceSecurityGroupName: 'default' };
  const { SecurityGroupRules } = calls.AuthorizeSecurityGroupIngress(region, input);
  expect(SecurityGroupRules.map((rule) => [rule.IpProtocol, rule.FromPort, rule.ToPort])).toEqual([
    ['tcp', 0, 65535],
    ['udp', 0, 65535],
    ['icmp', -1, -1],
  ]);
});
