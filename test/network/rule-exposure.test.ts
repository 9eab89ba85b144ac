import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Opening, RemovalOrder } from '../../shared/domain/finding.ts';
import type { PortRange, PortSet, Rule } from '../../shared/domain/group.ts';
import { exposureOf } from '../../shared/network/exposure/rule-exposure.ts';

const WORLD = { ipv4: 8, ipv6: 16 };

/** 64.0.0.0/4 has no reserved block. The unit is a /10, and four units are the world. */
const UNITS = 64;
function cidrOf(unit: number, bits: number) {
  const value = (0x40000000 + unit * 2 ** 22) >>> 0;
  return `${value >>> 24}.${(value >>> 16) & 255}.0.0/${10 - bits}`;
}

const source = fc
  .integer({ min: 0, max: 3 })
  .chain((bits) =>
    fc
      .integer({ min: 0, max: UNITS / 2 ** bits - 1 })
      .map((i) => ({ cidr: cidrOf(i * 2 ** bits, bits), from: i * 2 ** bits, size: 2 ** bits })),
  );
const range = fc
  .tuple(fc.integer({ min: 20, max: 30 }), fc.integer({ min: 0, max: 6 }))
  .map(([from, more]): PortRange => ({ from, to: from + more }));

interface Sample {
  readonly rule: Rule;
  readonly holds: (unit: number) => boolean;
  readonly fresh: boolean;
}
const sample = fc
  .tuple(
    fc.array(source, { minLength: 1, maxLength: 3 }),
    range,
    fc.constantFrom('tcp', 'udp', '-1', '47'),
    fc.boolean(),
    fc.nat(),
  )
  .map(([sources, ports, protocol, fresh, n]): Sample => {
    const [first] = sources;
    const single = sources.length === 1 && first !== undefined;
    return {
      fresh,
      holds: (unit) => sources.some(({ from, size }) => unit >= from && unit < from + size),
      rule: {
        id: `sgr-${n}`,
        groupId: 'sg-1',
        direction: 'ingress',
        protocol,
        fromPort: protocol === '-1' ? -1 : ports.from,
        toPort: protocol === '-1' ? -1 : ports.to,
        source: single
          ? { kind: 'ipv4', cidr: first.cidr }
          : { kind: 'prefix-list', id: `pl-${n}`, cidrs: sources.map(({ cidr }) => cidr) },
      },
    };
  });
const samples = fc.uniqueArray(sample, { maxLength: 9, selector: ({ rule }) => rule.id });

function opensPort(rule: Rule, protocol: 'tcp' | 'udp', port: number) {
  return (
    rule.protocol === '-1' || (rule.protocol === protocol && port >= (rule.fromPort ?? 0) && port <= (rule.toPort ?? 0))
  );
}

/** Counts single addresses. */
function bruteOpen(list: readonly Sample[], protocol: 'tcp' | 'udp', port: number) {
  const live = list.filter(({ rule }) => opensPort(rule, protocol, port));
  return (
    Array.from({ length: UNITS }, (_, unit) => unit).filter((unit) => live.some(({ holds }) => holds(unit))).length >= 4
  );
}
function openPorts(list: readonly Sample[], asked: PortSet) {
  return (['tcp', 'udp'] as const).flatMap((protocol) =>
    asked[protocol].flatMap(({ from, to }) =>
      Array.from({ length: to - from + 1 }, (_, i) => from + i)
        .filter((port) => bruteOpen(list, protocol, port))
        .map((port) => `${protocol}/${port}`),
    ),
  );
}

const ASKED: PortSet = {
  tcp: [
    { from: 22, to: 24 },
    { from: 28, to: 28 },
  ],
  udp: [{ from: 25, to: 33 }],
};
function openingsOf(list: readonly Sample[], allowed = 0, order: RemovalOrder = 'largest-source'): readonly Opening[] {
  return exposureOf(
    list.map(({ rule }) => rule),
    new Set(list.filter(({ fresh }) => fresh).map(({ rule }) => rule)),
    WORLD,
  ).openings({ direction: 'ingress', traffic: { only: ASKED }, allowed, order });
}
function gone(list: readonly Sample[], allowed = 0) {
  return new Set(openingsOf(list, allowed).flatMap(({ rules }) => rules));
}
function without(list: readonly Sample[], rules: ReadonlySet<Rule>) {
  return list.filter(({ rule }) => !rules.has(rule));
}

describe('openings, compared with a count of single addresses and ports', () => {
  it('exist exactly if more ports are open to the world than allowed', () => {
    fc.assert(
      fc.property(samples, fc.integer({ min: 0, max: 4 }), (list, allowed) => {
        expect(openingsOf(list, allowed).length > 0).toBe(openPorts(list, ASKED).length > allowed);
      }),
      { numRuns: 1500 },
    );
  });

  it('leave at most the allowed ports open after their rules are removed', () => {
    fc.assert(
      fc.property(samples, fc.integer({ min: 0, max: 4 }), (list, allowed) => {
        expect(openPorts(without(list, gone(list, allowed)), ASKED).length).toBeLessThanOrEqual(allowed);
      }),
      { numRuns: 1500 },
    );
  });

  it('name no rule that could stay', () => {
    fc.assert(
      fc.property(samples, (list) => {
        const existing = list.map((one) => ({ ...one, fresh: false }));
        const removed = gone(existing);
        for (const rule of removed) {
          const rest = existing.filter((one) => one.rule === rule || !removed.has(one.rule));
          expect(openPorts(rest, ASKED)).not.toEqual([]);
        }
      }),
      { numRuns: 800 },
    );
  });

  it('are fresh exactly if added rules open a port in addition to the existing rules that may stay', () => {
    fc.assert(
      fc.property(samples, (list) => {
        const blamed = openingsOf(list).filter(({ freshness }) => freshness === 'fresh');
        const there = list.filter(({ fresh }) => !fresh);
        const stays = without(there, gone(there));
        const added = list.filter(({ fresh }) => fresh);
        expect(blamed.length > 0).toBe(openPorts([...stays, ...added], ASKED).length > 0);
        expect(blamed.every(({ rules }) => rules.every((rule) => added.some((one) => one.rule === rule)))).toBe(true);
      }),
      { numRuns: 1500 },
    );
  });

  it('name exactly the open ports', () => {
    fc.assert(
      fc.property(samples, (list) => {
        const named = openingsOf(list).flatMap(({ exposures }) =>
          exposures.flatMap(({ protocol, ports }) =>
            ports.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, i) => `${protocol}/${from + i}`)),
          ),
        );
        expect(new Set(named)).toEqual(new Set(openPorts(list, ASKED)));
      }),
      { numRuns: 800 },
    );
  });

  it('do not depend on the order of rules', () => {
    fc.assert(
      fc.property(
        samples.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([list, shuffled]) => {
          expect(gone(shuffled)).toEqual(gone(list));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('do not disappear when a source or a port range becomes larger', () => {
    fc.assert(
      fc.property(samples, fc.nat(), (list, n) => {
        fc.pre(list.length > 0 && gone(list).size > 0);
        const widened = list.map((one, i) =>
          i === n % list.length
            ? {
                ...one,
                holds: () => true,
                rule: {
                  ...one.rule,
                  fromPort: 0,
                  toPort: 65_535,
                  source: { kind: 'ipv4', cidr: '64.0.0.0/4' } as const,
                },
              }
            : one,
        );
        expect(gone(widened).size).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });
});

describe('an opening', () => {
  const rule = (cidr: string, from: number, to = from, fresh = false): Sample => ({
    fresh,
    holds: () => false,
    rule: {
      id: cidr,
      groupId: 'sg-1',
      direction: 'ingress',
      protocol: 'tcp',
      fromPort: from,
      toPort: to,
      source: { kind: 'ipv4', cidr },
    },
  });

  it('names only ports that its rules contribute to', () => {
    const opened = openingsOf([rule('64.0.0.0/8', 22, 22, true), rule('65.0.0.0/8', 24)]);
    expect(opened).toMatchObject([
      { freshness: 'fresh', rules: [{ id: '64.0.0.0/8' }], exposures: [{ ports: [{ from: 22, to: 22 }] }] },
      { freshness: 'existing', rules: [{ id: '65.0.0.0/8' }], exposures: [{ ports: [{ from: 24, to: 24 }] }] },
    ]);
  });

  it('of one rule exists if the rule opens more ports than allowed', () => {
    const list = [rule('64.0.0.0/8', 22, 24)];
    expect(openingsOf(list, 2)).toMatchObject([
      { freshness: 'existing', exposures: [{ ports: [{ from: 22, to: 24 }] }] },
    ]);
    expect(openingsOf(list, 3)).toEqual([]);
    expect(openingsOf([rule('64.0.0.0/8', 22, 24, true)])).toMatchObject([{ freshness: 'fresh' }]);
  });

  it('of one rule beside a harmless rule names only the first', () => {
    const list = [rule('66.0.0.0/24', 99), rule('64.0.0.0/8', 22, 24)];
    expect(openingsOf(list, 2)).toMatchObject([{ rules: [{ id: '64.0.0.0/8' }] }]);
    expect(openingsOf(list, 3)).toEqual([]);
  });

  it('does not exist without a public address', () => {
    expect(openingsOf([])).toEqual([]);
    expect(openingsOf([rule('0.0.0.0/8', 22), rule('10.0.0.0/8', 22)])).toEqual([]);
  });

  it('has its rules in the order of the group', () => {
    const list = [rule('64.0.0.0/8', 22), rule('65.0.0.0/7', 22), rule('68.0.0.0/8', 23)];
    expect(openingsOf(list).map(({ rules }) => rules.map(({ id }) => id))).toEqual([
      ['64.0.0.0/8', '65.0.0.0/7', '68.0.0.0/8'],
    ]);
  });

  it("is closed by the largest source, the widest range, or the protocol's own rules, as the question says", () => {
    const [first, second] = [rule('64.0.0.0/9', 22, 23), rule('64.128.0.0/9', 22, 24)];
    const halves = (order: RemovalOrder) =>
      openingsOf([rule('64.0.0.0/10', 22), first, second], 0, order).flatMap(({ rules }) => rules.map(({ id }) => id));
    expect(halves('widest-range')).toEqual(['64.128.0.0/9']);
    expect(halves('largest-source')).toEqual(['64.0.0.0/9']);
    const esp = { ...first.rule, id: 'esp', protocol: '50' };
    const all = { ...second.rule, id: 'all', protocol: '-1', fromPort: -1, toPort: -1 };
    const question = { direction: 'ingress', traffic: { protocol: '50' }, allowed: 0, order: 'own-protocol' } as const;
    const openings = exposureOf([all, esp], new Set(), WORLD).openings(question);
    expect(openings).toMatchObject([{ rules: [{ id: 'esp' }], exposures: [] }]);
    expect(openings[0]?.share).toBeGreaterThan(0.004);
    expect(exposureOf([all, esp], new Set(), WORLD).openings({ ...question, traffic: { protocol: '47' } })).toEqual([]);
  });
});
