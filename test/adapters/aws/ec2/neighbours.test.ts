import { describe, expect, it } from 'vitest';
import { listGroups } from '../../../../shared/adapters/aws/ec2/list-groups.ts';
import { securityGroups } from '../../../../shared/adapters/aws/ec2/snapshot.ts';
import type { Snapshot } from '../../../../shared/domain/ec2.ts';
import { answering, ec2Error } from '../answering.ts';

const NEEDS = new Set(['neighbours'] as const);
async function NO_FUNCTIONS() {
  return new Map();
}
const OWNER = '111122223333';

type Rules = Readonly<Record<string, readonly string[]>>;

function permission(source: string) {
  return {
    IpProtocol: 'tcp',
    FromPort: 22,
    ToPort: 22,
    ...(source.startsWith('pl-') ? { PrefixListIds: [{ PrefixListId: source }] } : { IpRanges: [{ CidrIp: source }] }),
  };
}

function valuesOf({ Filters }: Record<string, unknown>): readonly string[] | undefined {
  return (Filters as readonly { readonly Values: readonly string[] }[] | undefined)?.[0]?.Values;
}

/** An account of these groups, with interfaces as lists of groups, two interfaces to a page. */
function account(rules: Rules, interfaces: readonly (readonly string[])[], fault?: Error) {
  return answering({
    DescribeSecurityGroups: (input) => ({
      SecurityGroups: (valuesOf(input) ?? Object.keys(rules))
        .filter((id) => id in rules)
        .map((GroupId) => ({
          GroupId,
          GroupName: GroupId,
          VpcId: 'vpc-1',
          OwnerId: OWNER,
          IpPermissions: rules[GroupId]?.map(permission),
        })),
    }),
    DescribeSecurityGroupRules: (input) => ({
      SecurityGroupRules: (valuesOf(input) ?? []).flatMap((GroupId) =>
        (rules[GroupId] ?? []).map((source, index) => ({
          SecurityGroupRuleId: `sgr-${GroupId}-${index}`,
          GroupId,
          IsEgress: false,
          IpProtocol: 'tcp',
          FromPort: 22,
          ToPort: 22,
          ...(source.startsWith('pl-') ? { PrefixListId: source } : { CidrIpv4: source }),
        })),
      ),
    }),
    DescribeNetworkInterfaces: (input) => {
      if (fault !== undefined) throw fault;
      const asked = new Set(valuesOf(input));
      const ours = interfaces.flatMap((groups, index) =>
        groups.some((id) => asked.has(id))
          ? [{ NetworkInterfaceId: `eni-${index}`, Groups: groups.map((GroupId) => ({ GroupId })) }]
          : [],
      );
      const from = Number(input['NextToken'] ?? 0);
      return {
        NetworkInterfaces: ours.slice(from, from + 2),
        ...(from + 2 < ours.length && { NextToken: String(from + 2) }),
      };
    },
    GetManagedPrefixListEntries: () => ({ Entries: [{ Cidr: '12.0.0.0/9' }] }),
    DescribeManagedPrefixLists: () => ({ PrefixLists: [] }),
  });
}

async function lookAt(ec2: ReturnType<typeof account>['ec2'], ...ids: readonly string[]) {
  return await securityGroups(ec2, NO_FUNCTIONS).fetchSnapshot({ by: 'group-id', ids }, NEEDS);
}

function short({ groups: sightings }: Snapshot) {
  return sightings.map(({ facts: { neighbours } }) =>
    neighbours?.map(({ groups, ...where }) => ({ ...where, groups: groups.map(({ id }) => id) })),
  );
}

describe('the groups that share interfaces with a group', () => {
  const RULES: Rules = {
    'sg-1': ['12.0.0.0/9'],
    'sg-2': ['12.128.0.0/9'],
    'sg-3': ['10.0.0.0/8'],
    'sg-4': ['pl-0123456789abcdef0'],
    'sg-5': ['0.0.0.0/0'],
  };

  it('are read over all pages, each set of groups once, and only groups that add something', async () => {
    const { ec2 } = account(RULES, [
      ['sg-1', 'sg-2', 'sg-3'],
      ['sg-2', 'sg-1', 'sg-3'],
      ['sg-1'],
      ['sg-1', 'sg-3', 'sg-5'],
      ['sg-4', 'sg-1'],
      ['sg-1', 'sg-9'],
    ]);
    expect(short(await lookAt(ec2, 'sg-1'))).toEqual([
      [
        { interfaceId: 'eni-0', interfaces: 2, groups: ['sg-2'] },
        { interfaceId: 'eni-4', interfaces: 1, groups: ['sg-4'] },
      ],
    ]);
  });

  it('come with the entries of their prefix lists', async () => {
    const { ec2 } = account(RULES, [['sg-1', 'sg-4']]);
    const { groups: sightings } = await lookAt(ec2, 'sg-1');
    expect(sightings[0]?.facts.neighbours?.[0]?.groups[0]?.rules[0]?.source).toMatchObject({ cidrs: ['12.0.0.0/9'] });
  });

  it('cost no call for groups whose rules name no part of the internet', async () => {
    const { ec2, sent } = account(RULES, []);
    expect(short(await lookAt(ec2, 'sg-3', 'sg-5'))).toEqual([[], []]);
    expect(sent.map(({ call }) => call)).not.toContain('DescribeNetworkInterfaces');
  });

  it('cost one call for the interfaces of many groups, and one for the groups beside them', async () => {
    const many: Rules = Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`sg-${i}`, ['12.0.0.0/9']]));
    const { ec2, sent } = account(many, [['sg-0', 'sg-1']]);
    const [sight]: Snapshot[] = await Array.fromAsync(listGroups(ec2, NEEDS, NO_FUNCTIONS));
    expect(sight && short(sight).flat()).toHaveLength(2);
    const calls = sent.map(({ call }) => call);
    expect(calls.filter((call) => call === 'DescribeNetworkInterfaces')).toHaveLength(1);
    expect(sent.findLast((one) => one.call === 'DescribeSecurityGroups')?.input).toMatchObject({
      Filters: [{ Name: 'group-id', Values: ['sg-0', 'sg-1'] }],
    });
  });

  it('are unread where the call fails, for the groups that it was about', async () => {
    const { ec2 } = account(RULES, [], ec2Error('UnauthorizedOperation', 403));
    const { groups: sightings, unread } = await lookAt(ec2, 'sg-1', 'sg-3');
    expect(sightings.map(({ facts }) => facts)).toEqual([{}, { neighbours: [] }]);
    expect(unread.map(({ fact }) => fact)).toEqual(['the groups that share interfaces with sg-1']);
  });
});
