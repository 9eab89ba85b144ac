import { describe, expect, it } from 'vitest';
import type { Change } from '../../shared/domain/change.ts';
import type { PortOptions } from '../../shared/domain/control-options.ts';
import type { Rule } from '../../shared/domain/group.ts';
import { readCloudTrail } from '../../shared/events/cloudtrail/cloudtrail.ts';
import { envelope, record } from '../events/events.ts';
import { cell, change, GUARD, group, rule } from './cell.ts';

const WORLD = '0.0.0.0/0';
const GROUP = 'sg-00000000000000001';
const LIST = 'pl-00000000000000001';

function naming(port: number, ...cidrs: readonly string[]): Rule {
  return {
    ...rule('tcp', port, '192.0.2.0/24'),
    source: { kind: 'prefix-list', id: LIST, cidrs },
  };
}

function changeOf(event: unknown): Change {
  const reading = readCloudTrail(event);
  if (reading.kind !== 'change') throw new TypeError(`ignored: ${reading.reason}`);
  return reading.change;
}

/** What is left after one change brought all of these rules. */
async function leftOf(...rules: readonly Rule[]): Promise<readonly Rule[]> {
  const { run, left } = cell([group(rules)]);
  await run(change(rules));
  return left();
}

/** What is left after each rule came by a call of its own, and was looked at before the next. */
async function leftOneByOne(...rules: readonly Rule[]): Promise<readonly Rule[]> {
  const { run, left, ec2 } = cell([group([])]);
  for (const [index, one] of rules.entries()) {
    ec2.put(group([...left(), one]));
    await run(change([one], { id: `event-${index}` }), { owner: `invocation-${index}` });
  }
  return left();
}

/*
 * Tricks by which other tools of this kind are passed, one test each. Where a trick is the business of
 * another test file, it is there and not here:
 *
 * - two halves, eighths, IPv6 halves, ranges that cover or end on a port, protocol numbers, UDP:
 *   test/adversary/openings.test.ts
 * - protocol -1 without ports: test/events/cloudtrail.test.ts, and "one decision with all its reasons" in
 *   remediate.test.ts
 * - revoking by properties, errors that are swallowed: test/adapters/aws/revoke.test.ts
 * - neighbours that share a permission: "loses exactly the rule that opens it" in remediate.test.ts
 * - facts that cannot be read: "a fact that cannot be read stops only the controls that need it" in
 *   remediate.test.ts
 * - used and unused, default groups in use: the cases of the controls, and "a default group" in
 *   remediate.test.ts
 * - undo, lost alerts: "is in the ledger …" and "a crash" in remediate.test.ts; alerts that name the rule:
 *   test/e2e/on-change.test.ts
 * - own revokes: "the cell's own revoke is no news" in remediate.test.ts
 * - lists that change or cannot be read: prefix-lists.test.ts
 */

describe('sources in pieces', () => {
  it('four quarters of the address space over four calls: each goes as it comes', async () => {
    const quarters = ['0.0.0.0/2', '64.0.0.0/2', '128.0.0.0/2', '192.0.0.0/2'].map((cidr) => rule('tcp', 22, cidr));
    expect(await leftOneByOne(...quarters)).toEqual([]);
  });

  it('four pieces that only together are too much over four calls: the one that completes them goes', async () => {
    const pieces = ['60.0.0.0/10', '60.64.0.0/10', '60.128.0.0/10', '60.192.0.0/10'].map((cidr) =>
      rule('tcp', 22, cidr),
    );
    expect(await leftOneByOne(...pieces)).toEqual(pieces.slice(0, 3));
  });

  it('half by a CIDR and half by a prefix list: the one that came last goes', async () => {
    const [cidr, list] = [rule('tcp', 22, '60.0.0.0/9'), naming(22, '60.128.0.0/9')];
    expect(await leftOneByOne(cidr, list)).toEqual([cidr]);
    expect(await leftOneByOne(list, cidr)).toEqual([list]);
  });

  it('IPv4 in a prefix list, IPv6 in a rule: both are the world by themselves', async () => {
    const v6 = rule('tcp', 22, '2000::/3');
    expect(await leftOf(naming(22, '0.0.0.0/1', '128.0.0.0/1'), v6)).toEqual([]);
  });

  it('two prefix lists with a half each', async () => {
    const first = naming(22, '0.0.0.0/9');
    const second = {
      ...naming(22),
      source: { kind: 'prefix-list', id: 'pl-2', cidrs: ['1.0.0.0/9', '2.0.0.0/9'] },
    } as const;
    expect(await leftOneByOne(first, second)).toEqual([first]);
  });

  it('a world rule among 60 harmless ones', async () => {
    const harmless = Array.from({ length: 60 }, (_, i) => rule('tcp', 22, `198.51.100.${i}/32`));
    const bad = rule('tcp', 22, WORLD);
    expect(await leftOf(...harmless.slice(0, 30), bad, ...harmless.slice(30))).toEqual(harmless);
  });
});

describe('sources that do not look like the world', () => {
  it.each([
    ['host bits over no prefix', '1.2.3.4/0'],
    ['host bits over one', '198.51.100.7/1'],
    ['IPv6 in full, with host bits', '2001:0db8:0000:0000:0000:0000:0000:0001/0'],
    ['IPv6 in capitals', '2001:DB8::/2'],
  ])('%s: %s', async (_, cidr) => {
    expect(await leftOf(rule('tcp', 22, cidr))).toEqual([]);
  });

  it('host bits in the event, none in what EC2 states: the rule is known again by its content', async () => {
    const bad = rule('tcp', 22, WORLD);
    const request = {
      groupId: GROUP,
      ipPermissions: {},
      ipProtocol: 'tcp',
      fromPort: 22,
      toPort: 22,
      cidrIp: '1.2.3.4/0',
    };
    const { run, left } = cell([group([bad])]);
    await run(
      changeOf(record('AuthorizeSecurityGroupIngress', { requestParameters: request, responseElements: null })),
    );
    expect(left()).toEqual([]);
  });
});

describe('ports and protocols', () => {
  it('a range opened piece by piece, by names and numbers of protocols, counts as a whole', async () => {
    const events = ['tcp', '6', 'TCP', '6'].map((ipProtocol, i) => ({
      ipProtocol,
      fromPort: 20_000 + 400 * i,
      toPort: 20_399 + 400 * i,
    }));
    const pieces = events.map(({ fromPort, toPort }) => rule('tcp', [fromPort, toPort], WORLD));
    const { run, left, ec2 } = cell([group([])]);
    for (const [index, ports] of events.entries()) {
      ec2.put(group([...left(), ...pieces.slice(index, index + 1)]));
      const requestParameters = { groupId: GROUP, ipPermissions: {}, cidrIp: WORLD, ...ports };
      const event = record('AuthorizeSecurityGroupIngress', {
        requestParameters,
        responseElements: null,
        eventID: `e-${index}`,
      });
      await run(changeOf(envelope(event)), { owner: `invocation-${index}` });
    }
    expect(left()).toEqual(pieces.slice(0, 2));
  });

  it('one port through two rules of a range each', async () => {
    expect(await leftOf(rule('tcp', [20, 22], '60.0.0.0/9'), rule('tcp', [22, 25], '60.128.0.0/9'))).toHaveLength(1);
  });

  it('a range that merely begins on a database', async () => {
    expect(await leftOf(rule('tcp', [3306, 3307], WORLD))).toEqual([]);
  });

  it('every port but the sensitive ones: what is left is within the limit', async () => {
    const sensitive = Object.values(GUARD.controls)
      .flatMap((options) => ('ports' in options ? (options as PortOptions).ports.tcp : []))
      .toSorted((a, b) => a.from - b.from);
    const gaps = sensitive.flatMap(({ to }, i): readonly (readonly [number, number])[] => {
      const end = (sensitive[i + 1]?.from ?? 65_536) - 1;
      return to < end ? [[to + 1, end]] : [];
    });
    const left = await leftOf(...gaps.map((gap) => rule('tcp', gap, WORLD)));
    expect(gaps.length).toBeGreaterThan(30);
    expect(left.length).toBeGreaterThan(0);
    expect(left.reduce((sum, { fromPort = 0, toPort = 0 }) => sum + toPort - fromPort + 1, 0)).toBeLessThanOrEqual(
      1024,
    );
  });

  it.each([
    ['ICMP of type 22, code 0', rule('icmp', [22, 0], WORLD)],
    ['ICMP of type 0, code 255', rule('icmp', [0, 255], WORLD)],
    ['ICMPv6 of any type', rule('icmpv6', [-1, -1], '::/0')],
    ['ESP, which has no ports', rule('50', [-1, -1], WORLD)],
    ['GRE with ports that mean nothing', rule('47', [22, 22], WORLD)],
  ])('%s is no SSH: it stays', async (_, fine) => {
    expect(await leftOf(fine)).toEqual([fine]);
  });
});

describe('groups that nobody looks at', () => {
  const bad = rule('tcp', 22, WORLD);
  const modified = {
    SecurityGroupRuleId: bad.id,
    tag: 1,
    SecurityGroupRule: { CidrIpv4: WORLD, FromPort: 22, ToPort: 22 },
  };
  const answered = { securityGroupRuleSet: { items: [{ groupId: GROUP, securityGroupRuleId: bad.id }] } };

  it.each([
    [
      'a rule modified in place',
      record('ModifySecurityGroupRules', {
        requestParameters: { ModifySecurityGroupRulesRequest: { GroupId: GROUP, SecurityGroupRule: modified } },
      }),
    ],
    ['a group born open', record('CreateSecurityGroup', { responseElements: { groupId: GROUP } })],
    [
      'a group named by its name alone',
      record('AuthorizeSecurityGroupIngress', { requestParameters: { groupName: 'web' }, responseElements: answered }),
    ],
    [
      'a request too large to be recorded',
      record('AuthorizeSecurityGroupIngress', { requestParameters: { omitted: true }, responseElements: answered }),
    ],
  ])('%s is closed', async (_, event) => {
    const { run, left } = cell([group([bad])]);
    await run(changeOf(envelope(event)));
    expect(left()).toEqual([]);
  });

  it('the default group of a new VPC is stripped, though no event names it', async () => {
    const rules = [rule('-1', -1, GROUP), rule('-1', -1, WORLD, 'egress')];
    const { run, left } = cell([group(rules, { name: 'default' })]);
    await run(changeOf(record('CreateVpc', { responseElements: { vpc: { vpcId: 'vpc-00000000000000001' } } })));
    expect(left()).toEqual([]);
  });

  it('a group named by a name that groups of other VPCs share: all are looked at, none is taken for changed', async () => {
    const { run, left, told } = cell([group([bad])]);
    const named = record('AuthorizeSecurityGroupIngress', {
      requestParameters: { groupName: 'web' },
      responseElements: null,
    });
    await run(changeOf(named));
    expect([left(), told]).toMatchObject([[bad], [{ status: 'reported' }]]);
  });
});

describe('the same again', () => {
  it('a rule that comes back under a new id is closed again at once, and told again', async () => {
    const { run, left, told, ec2, clock } = cell([group([])]);
    for (const n of [1, 2, 3]) {
      const bad = rule('tcp', 22, WORLD);
      ec2.put(group([bad]));
      await run(change([bad], { id: `event-${n}` }), { owner: `invocation-${n}` });
      expect(left()).toEqual([]);
    }
    expect([told.length, clock.slept]).toEqual([3, []]);
  });

  it('an id that was narrowed and is widened again is a new case', async () => {
    const bad = rule('tcp', 22, WORLD);
    const wider = { ...bad, source: { kind: 'ipv4', cidr: '0.0.0.0/1' } } as const;
    const { run, left, ec2 } = cell([group([bad])]);
    await run(change([bad]));
    ec2.put(group([wider]));
    await run(change([wider], { id: 'event-2', trigger: 'rules-modified' }), { owner: 'invocation-2' });
    expect(left()).toEqual([]);
  });
});

describe('prefix lists', () => {
  it('a list that holds the world is the world', async () => {
    expect(await leftOf(naming(22, '192.0.2.0/24', WORLD))).toEqual([]);
  });

  it('the world is added to a list that was named long ago: people are asked, and told the version to go back to', async () => {
    const list = naming(22, WORLD);
    const { run, left, told } = cell([group([list])]);
    const request = { PrefixListId: LIST, CurrentVersion: 3, AddEntry: { Cidr: WORLD, tag: 1 } };
    const event = record('ModifyManagedPrefixList', { requestParameters: { ModifyManagedPrefixListRequest: request } });
    await run(changeOf(envelope(event)));
    expect(left()).toEqual([list]);
    expect(told).toMatchObject([{ status: 'pending' }]);
    expect(told[0]?.plan.decision.limits[0]?.reason).toContain(`version 3 of ${LIST}`);
  });

  it("CloudFront's list is not the world, however many entries it has", async () => {
    const sizes = [16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26];
    const edges = Array.from(
      { length: 55 },
      (_, i) => `${13 + i * 2}.${(i * 32) % 256}.0.0/${sizes[i % sizes.length]}`,
    );
    const list = naming(22, ...edges);
    expect(await leftOf(list)).toEqual([list]);
  });
});
