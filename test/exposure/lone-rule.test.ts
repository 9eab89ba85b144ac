import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prepare } from '../../shared/exposure/prepared.ts';
import { couldBeWide, innerReaches, widthJudge } from '../../shared/exposure/private-space.ts';
import { largestFirst } from '../../shared/exposure/reach.ts';
import { openingsBy, worldOpen } from '../../shared/exposure/world-open.ts';
import type { PortSet, Rule } from '../../shared/model/rule.ts';

const WORLD = { ipv4: 8, ipv6: 16 };

const cidr = fc.constantFrom('0.0.0.0/0', '128.0.0.0/1', '52.0.0.0/8', '52.0.0.0/9', '::/0', '2600::/12', '2600::/17');

const port = fc.integer({ min: -1, max: 30 });

const rule: fc.Arbitrary<Rule> = fc
  .record({ protocol: fc.constantFrom('tcp', 'udp', '-1', 'icmp', '50'), fromPort: port, toPort: port, cidr })
  .map(({ cidr: text, ...traffic }) => ({
    groupId: 'sg-1',
    direction: 'ingress',
    ...traffic,
    source: { kind: text.includes(':') ? 'ipv6' : 'ipv4', cidr: text },
  }));

const PORTS: readonly PortSet[] = [
  { tcp: [{ from: 22, to: 22 }], udp: [] },
  {
    tcp: [
      { from: 0, to: 9 },
      { from: 11, to: 65_535 },
    ],
    udp: [{ from: 5, to: 7 }],
  },
];

describe('one rule alone', () => {
  it('opens what it opens by the way of many, also when it is asked about again', () => {
    fc.assert(
      fc.property(rule, fc.constantFrom(...PORTS), fc.nat(30), fc.boolean(), (one, ports, allowed, isFresh) => {
        const fresh = new Set(isFresh ? [one] : []);
        const asked = { rules: [one], fresh, ports, allowed, order: largestFirst };
        const { reaches, judge } = prepare(asked.rules, 'ingress', WORLD);
        const slow = openingsBy(asked, reaches, judge);
        const question = { ...asked, direction: 'ingress', world: WORLD } as const;
        expect(worldOpen(question)).toEqual(slow);
        expect(worldOpen({ ...question, rules: [{ ...one }], fresh: new Set() })).toEqual(
          slow.map((opening) => ({ ...opening, freshness: 'existing' })),
        );
      }),
      { numRuns: 1000 },
    );
  });

  it('of a prefix list is judged by the entries it has, not by those that a list of its name had before', () => {
    const listed = (...cidrs: readonly string[]): Rule => ({
      groupId: 'sg-1',
      direction: 'ingress',
      protocol: 'tcp',
      fromPort: 22,
      toPort: 22,
      source: { kind: 'prefix-list', id: 'pl-1', cidrs },
    });
    const [ports] = PORTS;
    const open = (one: Rule) =>
      worldOpen({
        rules: [one],
        fresh: new Set(),
        ports: ports ?? { tcp: [], udp: [] },
        allowed: 0,
        order: largestFirst,
        direction: 'ingress',
        world: WORLD,
      });
    expect(open(listed('0.0.0.0/0'))).toHaveLength(1);
    expect(open(listed('52.0.0.0/9', '10.0.0.0/8', '11.0.0.0/24', '12.0.0.0/24'))).toHaveLength(0);
    expect(open(listed('0.0.0.0/0'))).toHaveLength(1);
  });
});

describe('the screen for wide sources', () => {
  const inner = fc.constantFrom(
    '10.0.0.0/8',
    '10.0.0.0/17',
    '10.0.128.0/17',
    '10.1.0.0/20',
    '10.1.1.0/24',
    'fd00::/48',
    'fd00::/49',
  );
  const vpcs = fc.array(fc.constantFrom('10.1.0.0/20', '10.1.1.0/24', 'fd00::/56'), { maxLength: 2 });

  it('never says no to what the judge calls wide', () => {
    fc.assert(
      fc.property(fc.array(inner, { maxLength: 4 }), vpcs, (cidrs, vpcCidrs) => {
        const rules = cidrs.map(
          (text): Rule => ({
            groupId: 'sg-1',
            direction: 'ingress',
            protocol: 'tcp',
            source: { kind: text.includes(':') ? 'ipv6' : 'ipv4', cidr: text },
          }),
        );
        const limit = { ipv4: 16, ipv6: 48 };
        const isWide = widthJudge(vpcCidrs, limit).isWorld(innerReaches(rules, vpcCidrs, WORLD));
        expect(!isWide || couldBeWide(rules, vpcCidrs, limit)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
