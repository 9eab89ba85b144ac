import { describe, expect, it, vi } from 'vitest';
import type { ReadFunctions } from '../../../../shared/adapters/aws/ec2/facts/account-wide.ts';
import { listGroups } from '../../../../shared/adapters/aws/ec2/list-groups.ts';
import { securityGroups } from '../../../../shared/adapters/aws/ec2/snapshot.ts';
import type { Need } from '../../../../shared/domain/control.ts';
import type { Snapshot } from '../../../../shared/domain/ec2.ts';
import { answering, ec2Error } from '../answering.ts';

const OWNER = '111122223333';

function group(id: string, more: object = {}) {
  return {
    GroupId: id,
    GroupName: `name of ${id}`,
    VpcId: 'vpc-1',
    OwnerId: OWNER,
    IpPermissions: [],
    IpPermissionsEgress: [],
    ...more,
  };
}

function naming(id: string, UserId = OWNER) {
  return {
    SecurityGroupRuleId: `sgr-${id}`,
    GroupId: 'sg-1',
    GroupOwnerId: OWNER,
    IsEgress: false,
    IpProtocol: 'tcp',
    FromPort: 5432,
    ToPort: 5432,
    ReferencedGroupInfo: { GroupId: id, UserId },
  };
}

function pair(id: string) {
  return {
    IpProtocol: 'tcp',
    FromPort: 5432,
    ToPort: 5432,
    UserIdGroupPairs: [{ GroupId: id, UserId: OWNER }],
  };
}

const NIC = {
  NetworkInterfaceId: 'eni-1',
  Groups: [{ GroupId: 'sg-1' }],
  Association: { PublicIp: '203.0.113.7' },
  SubnetId: 'subnet-1',
  VpcId: 'vpc-1',
};

const TABLE = { VpcId: 'vpc-1', Routes: [{ GatewayId: 'igw-1' }], Associations: [{ SubnetId: 'subnet-1' }] };

type Filters = { readonly Name: string; readonly Values: readonly string[] }[];

function filterOf(input: Record<string, unknown>) {
  return (input['Filters'] as Filters | undefined)?.[0];
}

const account = {
  DescribeSecurityGroups: (input: Record<string, unknown>) => {
    const { Name, Values = [] } = filterOf(input) ?? {};
    if (Name === 'ip-permission.group-id')
      return {
        SecurityGroups: [
          group('sg-8', { IpPermissions: [pair('sg-1')] }),
          group('sg-1', { IpPermissions: [pair('sg-1')] }),
        ],
      };
    if (Name === 'egress.ip-permission.group-id')
      return { SecurityGroups: [group('sg-9', { IpPermissionsEgress: [pair('sg-1')] })] };
    if (Name === 'vpc-id')
      return { SecurityGroups: [group('sg-1'), group('sg-2'), group('sg-3', { IpPermissions: [pair('sg-1')] })] };
    return { SecurityGroups: Values.filter((id) => id !== 'sg-gone').map((id) => group(id)) };
  },
  DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [] }),
  DescribeNetworkInterfaces: () => ({ NetworkInterfaces: [NIC] }),
  DescribeRouteTables: () => ({ RouteTables: [TABLE] }),
  DescribeVpcs: () => ({ Vpcs: [{ VpcId: 'vpc-1', CidrBlock: '10.0.0.0/16' }] }),
  DescribeLaunchTemplateVersions: () => ({
    LaunchTemplateVersions: [{ LaunchTemplateId: 'lt-1', LaunchTemplateData: { SecurityGroupIds: ['sg-1'] } }],
  }),
  DescribeSecurityGroupReferences: () => ({
    SecurityGroupReferenceSet: [
      { GroupId: 'sg-1', ReferencingVpcId: 'vpc-9', VpcPeeringConnectionId: 'pcx-1' },
      { GroupId: 'sg-1', ReferencingVpcId: 'vpc-9', TransitGatewayId: 'tgw-1' },
    ],
  }),
};

const listed: ReadFunctions = async () => new Map([['sg-1', new Set(['resize'])]]);

async function lookFor(
  needs: readonly Need[],
  answers: object = {},
  ids: readonly string[] = ['sg-1'],
  functions: ReadFunctions | undefined = listed,
) {
  const { ec2, sent } = answering({ ...account, ...answers });
  const sight = await securityGroups(ec2, functions).fetchSnapshot({ by: 'group-id', ids }, new Set(needs));
  return { ...sight, facts: sight.groups[0]?.facts, calls: sent.map(({ call }) => call).toSorted(), sent };
}

function failing(): never {
  throw ec2Error('UnauthorizedOperation', 403);
}

describe('the facts of a look', () => {
  it('are read only where they are needed', async () => {
    expect((await lookFor([])).calls).toEqual(['DescribeSecurityGroupRules', 'DescribeSecurityGroups']);
  });

  it.each<[Need, unknown, readonly string[]]>([
    ['reachability', 'internet', ['DescribeNetworkInterfaces', 'DescribeRouteTables']],
    [
      'attachments',
      [expect.objectContaining({ interfaceId: 'eni-1', publicIp: '203.0.113.7' })],
      ['DescribeNetworkInterfaces'],
    ],
    ['vpcCidrs', ['10.0.0.0/16'], ['DescribeVpcs']],
    ['twins', ['sg-2'], ['DescribeSecurityGroups']],
    [
      'referencedBy',
      [
        { kind: 'group', id: 'sg-8' },
        { kind: 'group', id: 'sg-9' },
        { kind: 'vpc', id: 'vpc-9' },
        { kind: 'launch-template', id: 'lt-1' },
        { kind: 'function', id: 'resize' },
      ],
      [
        'DescribeLaunchTemplateVersions',
        'DescribeSecurityGroupReferences',
        'DescribeSecurityGroups',
        'DescribeSecurityGroups',
      ],
    ],
  ])('%s', async (need, fact, calls) => {
    const { facts, unread, calls: made } = await lookFor([need]);
    expect([facts?.[need], unread]).toEqual([fact, []]);
    expect(made).toEqual(['DescribeSecurityGroupRules', 'DescribeSecurityGroups', ...calls].toSorted());
  });

  it('name the groups of rules: known, gone, another account’s', async () => {
    const rules = [naming('sg-2'), naming('sg-gone'), naming('sg-foreign', '444455556666'), naming('sg-1')];
    const { facts, sent } = await lookFor(['peers'], {
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: rules }),
    });
    const identity = (id: string) => ({ id, name: `name of ${id}`, vpcId: 'vpc-1', ownerId: OWNER, tags: {} });
    expect(Object.fromEntries(facts?.peers ?? [])).toEqual({
      'sg-1': identity('sg-1'),
      'sg-2': identity('sg-2'),
      'sg-gone': 'gone',
      'sg-foreign': 'foreign',
    });
    expect(filterOf(sent.at(-1)?.input ?? {})).toEqual({ Name: 'group-id', Values: ['sg-2', 'sg-gone'] });
  });

  it('of peers take no call where the rules name no other group', async () => {
    const { facts, calls } = await lookFor(['peers'], {
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [naming('sg-1')] }),
    });
    expect([...(facts?.peers?.keys() ?? [])]).toEqual(['sg-1']);
    expect(calls).toEqual(['DescribeSecurityGroupRules', 'DescribeSecurityGroups']);
  });

  it('ask for route tables with an internet gateway only, page by page', async () => {
    const { sent, facts } = await lookFor(['reachability'], {
      DescribeRouteTables: (_input: unknown, nth: number) =>
        nth === 1 ? { RouteTables: [], NextToken: 'more' } : { RouteTables: [TABLE] },
    });
    const asked = sent.filter(({ call }) => call === 'DescribeRouteTables').map(({ input }) => input);
    expect(asked).toEqual([
      { Filters: [{ Name: 'route.gateway-id', Values: ['igw-*'] }], MaxResults: 100 },
      { Filters: [{ Name: 'route.gateway-id', Values: ['igw-*'] }], MaxResults: 100, NextToken: 'more' },
    ]);
    expect(facts?.reachability).toBe('internet');
  });

  it.each<[string, Need, string]>([
    ['DescribeRouteTables', 'reachability', 'routes to the internet'],
    ['DescribeNetworkInterfaces', 'reachability', 'attachments of sg-1'],
    ['DescribeVpcs', 'vpcCidrs', 'CIDR blocks of the VPCs'],
    ['DescribeLaunchTemplateVersions', 'referencedBy', 'the launch templates of the region'],
    ['DescribeSecurityGroupReferences', 'referencedBy', 'VPCs that name sg-1'],
  ])('are unread where %s fails, and the group is there all the same', async (call, need, fact) => {
    const { facts, unread } = await lookFor([need], { [call]: failing });
    expect(facts).not.toHaveProperty(need);
    expect(unread.map((one) => one.fact)).toEqual([fact]);
  });

  it('have the attachments wherever they were read, also where only the routes are unread', async () => {
    expect(Object.keys((await lookFor(['reachability'])).facts ?? {})).toEqual(['attachments', 'reachability']);
    expect(Object.keys((await lookFor(['attachments'])).facts ?? {})).toEqual(['attachments']);
    const { facts, unread } = await lookFor(['reachability'], { DescribeRouteTables: failing });
    expect(Object.keys(facts ?? {})).toEqual(['attachments']);
    expect(unread).toHaveLength(1);
  });

  it.each<[Need, string, object]>([
    [
      'peers',
      'the groups sg-2 that rules name',
      { DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [naming('sg-2')] }) },
    ],
    ['twins', 'the groups of vpc-1', {}],
  ])('of %s are unread where the second step fails', async (need, fact, answers) => {
    const DescribeSecurityGroups = (input: Record<string, unknown>, nth: number) =>
      nth === 1 ? account.DescribeSecurityGroups(input) : failing();
    const { facts, unread } = await lookFor([need], { ...answers, DescribeSecurityGroups });
    expect(facts).toEqual({});
    expect(unread.map((one) => one.fact)).toEqual([fact]);
  });

  it('say so where EC2 does not list the VPC of a group', async () => {
    const { facts, unread } = await lookFor(['vpcCidrs'], { DescribeVpcs: () => ({ Vpcs: [] }) });
    expect([facts, unread.map((one) => one.fact)]).toEqual([{}, ['CIDR blocks of vpc-1, the VPC of sg-1']]);
  });

  it('need no call where there is no group to look at', async () => {
    expect((await lookFor(['reachability', 'referencedBy', 'vpcCidrs'], {}, [])).calls).toEqual([]);
  });

  it('are all read beside the groups, except what follows from them, which is one step more', async () => {
    const steps: string[][] = [];
    let waiting: string[] = [];
    const slowly = Object.fromEntries(
      Object.entries(account).map(([call, answer]) => [
        call,
        async (input: Record<string, unknown>) => {
          waiting.push(call);
          await new Promise((resolve) => setTimeout(resolve, 20));
          if (waiting.length > 0) steps.push(waiting);
          waiting = [];
          return answer(input);
        },
      ]),
    );
    await lookFor(['attachments', 'reachability', 'referencedBy', 'vpcCidrs', 'twins', 'peers'], slowly);
    expect(steps).toHaveLength(2);
    expect(steps[1]).toEqual(['DescribeSecurityGroups']);
  });
});

describe('a sweep', () => {
  it('reads once what is the same for all groups, and finds twins in the pass that finds the groups', async () => {
    const ids = Array.from({ length: 401 }, (_, index) => `sg-${index}`);
    const { ec2, sent } = answering({
      ...account,
      DescribeSecurityGroups: (input) => {
        const { Name, Values = ids } = filterOf(input) ?? {};
        return {
          SecurityGroups: Name?.includes('permission')
            ? []
            : Values.map((id) => group(id, id === 'sg-7' ? { VpcId: 'vpc-2' } : {})),
        };
      },
    });
    const needs = new Set<Need>(['reachability', 'referencedBy', 'twins']);
    const functions = vi.fn<ReadFunctions>(listed);
    const sights: Snapshot[] = await Array.fromAsync(listGroups(ec2, needs, functions));
    const count = (call: string) => sent.filter((one) => one.call === call).length;
    expect([count('DescribeRouteTables'), count('DescribeLaunchTemplateVersions')]).toEqual([1, 1]);
    expect([functions.mock.calls.length, count('DescribeSecurityGroupReferences')]).toEqual([1, 3]);
    expect(sent.filter(({ input }) => filterOf(input)?.Name === 'vpc-id')).toEqual([]);
    const twins = new Map(
      sights.flatMap(({ groups: sightings }) => sightings.map((one) => [one.group.id, one.facts.twins])),
    );
    expect([twins.get('sg-0')?.length, twins.get('sg-7')]).toEqual([399, []]);
  });
});
