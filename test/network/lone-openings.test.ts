import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ingress } from '../../shared/controls/parts/documentation.ts';
import type { Traffic } from '../../shared/domain/finding.ts';
import type { Rule } from '../../shared/domain/group.ts';
import { LoneOpenings } from '../../shared/network/exposure/lone-openings.ts';
import { exposureOf } from '../../shared/network/exposure/rule-exposure.ts';
import { ALL_PORTS } from '../../shared/network/ports.ts';
import { worldOf } from '../../shared/policy/queries.ts';

const WORLD = { ipv4: 8, ipv6: 16 };
const SSH = { tcp: [{ from: 22, to: 22 }], udp: [] };
const MANY = { tcp: [{ from: 0, to: 9 }], udp: [{ from: 5, to: 7 }] };

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
const traffic = fc.constantFrom<Traffic>(
  { only: SSH },
  { except: [SSH] },
  { only: MANY },
  { except: [MANY, SSH] },
  { protocol: '50' },
);

/**
 * A second rule with two blocks that have no public address, so that the cache is not used.
 */
const HARMLESS = ingress('-1', 'all', 'pl-1', ['10.0.0.0/8', 'fd00::/8']);

describe('the only rule of a direction', () => {
  it('opens the same beside a harmless rule, from the cache and with other settings', () => {
    const shared = { work: { steps: 0 }, lone: new LoneOpenings() };
    const opened = new Set<boolean>();
    fc.assert(
      fc.property(rule, traffic, fc.nat(30), fc.boolean(), (one, asked, allowed, isFresh) => {
        const fresh = new Set(isFresh ? [one] : []);
        const question = { direction: 'ingress', traffic: asked, allowed, order: 'largest-source' } as const;
        const beside = exposureOf([HARMLESS, one], fresh, WORLD).openings(question);
        expect(exposureOf([one], fresh, WORLD, shared).openings(question)).toEqual(beside);
        expect(exposureOf([one], fresh, WORLD, shared).openings(question)).toEqual(beside);
        expect(exposureOf([{ ...one }], new Set(), WORLD, shared).openings(question)).toEqual(
          beside.map((opening) => ({ ...opening, freshness: 'existing' })),
        );
        opened.add(beside.length > 0);
      }),
      { numRuns: 1500 },
    );
    expect(opened.size).toBe(2);
  });

  it('of a prefix list is evaluated with its current entries, not with earlier ones', () => {
    const shared = { work: { steps: 0 }, lone: new LoneOpenings() };
    const open = (...cidrs: readonly string[]) =>
      exposureOf([ingress('tcp', 22, 'pl-1', cidrs)], new Set(), WORLD, shared).openings({
        direction: 'ingress',
        traffic: { only: SSH },
        allowed: 0,
        order: 'largest-source',
      }).length;
    expect([
      open('0.0.0.0/0'),
      open('52.0.0.0/9', '10.0.0.0/8'),
      open('::/0'),
      open('52.0.0.0/9', '52.128.0.0/9'),
    ]).toEqual([1, 0, 1, 1]);
  });
});

describe('the cache of lone openings', () => {
  it('has separate answers for the threshold and a sixteenth of it', () => {
    const question = { direction: 'ingress', traffic: { only: SSH }, allowed: 0, order: 'largest-source' } as const;
    const world = worldOf({ world: WORLD, trusted: { cidrs: ['12.0.0.0/9'], prefixListIds: [], anyActor: false } });
    const exposure = exposureOf([], new Set(), world);
    const half = [ingress('tcp', 22, '12.0.0.0/8')];
    const opened = (threshold?: 'sixteenth') => exposure.of(half, threshold).openings(question).length;
    expect([opened(), opened('sixteenth'), opened()]).toEqual([0, 1, 0]);
    expect(exposureOf([], new Set(), WORLD).of(half).openings(question)).toHaveLength(1);
  });

  const found = () => ({ exposures: [], share: 1, width: 1 });

  it('answers for rules with the same content and settings', () => {
    const lone = new LoneOpenings();
    const first = lone.of(ingress('tcp', 22, '0.0.0.0/0'), { only: SSH }, found);
    expect(lone.of(ingress('tcp', 22, '0.0.0.0/0'), { only: SSH }, found)).toBe(first);
    expect(lone.of(ingress('tcp', 23, '0.0.0.0/0'), { only: SSH }, found)).not.toBe(first);
    expect(lone.of(ingress('tcp', 22, '0.0.0.0/0'), { except: [SSH] }, found)).not.toBe(first);
    expect(lone.of(ingress('tcp', 22, '0.0.0.0/0'), { only: { ...SSH } }, found)).not.toBe(first);
    expect(lone.of(ingress('tcp', 22, '0.0.0.0/0'), { only: SSH }, found)).toBe(first);
  });

  it('does not answer for questions that its key does not cover', () => {
    const lone = new LoneOpenings();
    const all = { tcp: [ALL_PORTS], udp: [] };
    const asked: readonly [Rule, Traffic][] = [
      [ingress('tcp', 22, 'pl-1', ['0.0.0.0/0']), { only: SSH }],
      [ingress('47', 'all', '0.0.0.0/0'), { protocol: '47' }],
      [ingress('tcp', 22, '0.0.0.0/0'), { except: [SSH, all] }],
    ];
    for (const [one, what] of asked) expect(lone.of(one, what, found)).not.toBe(lone.of(one, what, found));
  });

  it('keeps at most the given number of sources', () => {
    const lone = new LoneOpenings(3);
    const answer = (at: number) => lone.of(ingress('tcp', 22, `${at}.0.0.0/8`), { only: SSH }, found);
    const first = answer(1);
    answer(2);
    answer(3);
    expect(answer(1)).toBe(first);
    answer(4);
    expect(answer(1)).not.toBe(first);
  });

  it('keeps at most 16 answers for one source', () => {
    const lone = new LoneOpenings();
    const answer = (at: number) => lone.of(ingress('tcp', at, '0.0.0.0/0'), { only: SSH }, found);
    const first = answer(1);
    for (let at = 2; at <= 16; at += 1) answer(at);
    expect(answer(1)).toBe(first);
    const last = answer(17);
    expect(answer(17)).toBe(last);
    expect(answer(1)).not.toBe(first);
  });
});
