import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ingress } from '../../shared/controls/parts/documentation.ts';
import type { PortSet, Rule } from '../../shared/domain/group.ts';
import { exposureOf } from '../../shared/network/exposure/rule-exposure.ts';
import { isSubstantial, mayAddUp, openTogether } from '../../shared/network/exposure/together.ts';

/**
 * 64.0.0.0/5 has no reserved block. The unit is a /13: 32 units are the world, and two units are a sixteenth
 * of it.
 */
const UNITS = 128;
const [LIMIT, SIXTEENTH] = [32, 2];
const PORTS: PortSet = { tcp: [{ from: 22, to: 24 }], udp: [{ from: 24, to: 24 }] };
const EXPOSURE = exposureOf([], new Set(), { ipv4: 8, ipv6: 16 });

interface Sample {
  readonly rule: Rule;
  readonly holds: (unit: number) => boolean;
}

const sample = fc
  .record({
    bits: fc.integer({ min: 0, max: 4 }),
    place: fc.nat(UNITS - 1),
    from: fc.integer({ min: 21, max: 25 }),
    more: fc.nat(2),
    protocol: fc.constantFrom('tcp', 'tcp', 'udp', '-1'),
    outbound: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    id: fc.nat(),
  })
  .map(({ bits, place, from, more, protocol, outbound, id }): Sample => {
    const start = (place >> bits) << bits;
    const value = 0x40000000 + start * 2 ** 19;
    const cidr = `${value >>> 24}.${(value >>> 16) & 255}.0.0/${13 - bits}`;
    const rule = ingress(protocol, protocol === '-1' ? 'all' : [from, from + more], cidr);
    return {
      rule: { ...rule, id: `sgr-${id}`, ...(outbound && { direction: 'egress' as const }) },
      holds: (unit) => unit >= start && unit < start + 2 ** bits,
    };
  });

const groups = fc.array(fc.array(sample, { minLength: 1, maxLength: 5 }), { minLength: 2, maxLength: 16 });

/** The number of units that reach a port, counted one by one. */
function reaching(samples: readonly Sample[], protocol: 'tcp' | 'udp', port: number): number {
  const open = samples.filter(
    ({ rule }) =>
      rule.direction === 'ingress' &&
      (rule.protocol === '-1' ||
        (rule.protocol === protocol && port >= (rule.fromPort ?? 0) && port <= (rule.toPort ?? 0))),
  );
  return Array.from({ length: UNITS }, (_, unit) => unit).filter((unit) => open.some(({ holds }) => holds(unit)))
    .length;
}

const ASKED = (['tcp', 'udp'] as const).flatMap((protocol) =>
  PORTS[protocol].flatMap(({ from, to }) =>
    Array.from({ length: to - from + 1 }, (_, i) => ({ protocol, port: from + i })),
  ),
);

function rulesOf(samples: readonly Sample[]) {
  return samples.map(({ rule }) => rule);
}

/** The ports where groups that are below the threshold alone reach it together. */
function openPorts(all: readonly (readonly Sample[])[]) {
  return ASKED.filter(({ protocol, port }) => {
    const below = all.filter((samples) => reaching(samples, protocol, port) < LIMIT);
    return reaching(below.flat(), protocol, port) >= LIMIT;
  });
}

function together(all: readonly (readonly Sample[])[], index: number) {
  const others = all.flatMap((samples, i) => (i === index ? [] : [{ id: `sg-${i}`, rules: rulesOf(samples) }]));
  const neighbours = [{ interfaceId: 'eni-1', interfaces: 1, groups: others }];
  return openTogether({ rules: rulesOf(all[index] ?? []) }, neighbours, PORTS, EXPOSURE);
}

describe('what the groups of one interface open together, compared with a count of single addresses and ports', () => {
  it('is reported for exactly the groups with a sixteenth of the threshold on an open port, with exactly these ports', () => {
    let opened = 0;
    fc.assert(
      fc.property(groups, (all) => {
        const open = openPorts(all);
        for (const [index, own] of all.entries()) {
          const expected = open.filter(({ protocol, port }) => {
            const size = reaching(own, protocol, port);
            return size >= SIXTEENTH && size < LIMIT;
          });
          const found = together(all, index);
          opened += found.length;
          const named = found.flatMap(({ exposures }) =>
            exposures.flatMap(({ protocol, ports }) =>
              ports.flatMap(({ from, to }) =>
                Array.from({ length: to - from + 1 }, (_, i) => ({ protocol, port: from + i })),
              ),
            ),
          );
          expect(named).toEqual(expected);
          const rules = own.filter((one) => expected.some(({ protocol, port }) => reaching([one], protocol, port) > 0));
          expect(found.flatMap((one) => one.rules)).toEqual(rulesOf(rules));
        }
      }),
      { numRuns: 400 },
    );
    expect(opened).toBeGreaterThan(20);
  });

  it('is reported for at least one group, and isSubstantial selects that group by itself', () => {
    fc.assert(
      fc.property(groups, (all) => {
        const isOpen = openPorts(all).length > 0;
        const found = all.flatMap((samples, index) => (together(all, index).length > 0 ? [samples] : []));
        expect(found.length > 0).toBe(isOpen);
        for (const samples of found) expect(isSubstantial(EXPOSURE.of(rulesOf(samples)), PORTS)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it('names exactly the other groups that take part', () => {
    const half = [ingress('tcp', 22, '12.0.0.0/9')];
    const groupsBeside = [
      { id: 'sg-3', rules: [ingress('tcp', 22, '12.128.0.0/9')] },
      { id: 'sg-1', rules: [ingress('tcp', 22, '52.1.2.3/32')] },
      { id: 'sg-2', rules: [ingress('tcp', 23, '52.0.0.0/9')] },
    ];
    const neighbours = [{ interfaceId: 'eni-1', interfaces: 7, groups: groupsBeside }];
    expect(openTogether({ rules: half }, neighbours, PORTS, EXPOSURE)).toMatchObject([
      { rules: half, groupIds: ['sg-1', 'sg-3'], interfaceId: 'eni-1', interfaces: 7 },
    ]);
  });
});

describe('whether rules can add up with rules of other groups', () => {
  it.each<[string, Rule, boolean]>([
    ['a public block', ingress('tcp', 22, '12.1.2.3/32'), true],
    ['an IPv6 block', ingress('tcp', 22, '2600::/64'), true],
    ['a prefix list that holds one', ingress('tcp', 22, 'pl-0123456789abcdef0', ['10.0.0.0/8', '12.0.0.0/24']), true],
    ['a prefix list whose entries are not known', ingress('tcp', 22, 'pl-0123456789abcdef0'), true],
    ['the world, which is an opening by itself', ingress('tcp', 22, '0.0.0.0/0'), false],
    ['a private block', ingress('tcp', 22, '10.0.0.0/8'), false],
    ['a group', ingress('tcp', 22, 'sg-0123456789abcdef0'), false],
    ['an outbound rule', { ...ingress('tcp', 22, '12.0.0.0/9'), direction: 'egress' }, false],
  ])('%s: %#', (_title, rule, may) => {
    expect(mayAddUp([rule])).toBe(may);
  });
});
