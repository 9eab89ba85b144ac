import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ingress } from '../../shared/controls/case.ts';
import { mapAddresses } from '../../shared/exposure/address-map.ts';
import { blockOf } from '../../shared/exposure/block.ts';
import { exposuresOf } from '../../shared/exposure/exposures.ts';
import { isAlone, judgeOf } from '../../shared/exposure/judge.ts';
import { exposuresAlone } from '../../shared/exposure/lone-rule.ts';
import { prepare } from '../../shared/exposure/prepared.ts';
import { publicAddresses, publicShare } from '../../shared/exposure/public-space.ts';
import { type Reach, reachesOf } from '../../shared/exposure/reach.ts';
import { segmentsOf } from '../../shared/exposure/segments.ts';
import type { PortSet, Rule } from '../../shared/model/rule.ts';

const WORLD = { ipv4: 8, ipv6: 16 };
const FAMILIES = ['ipv4', 'ipv6'] as const;

const reachOf = (...cidrs: readonly string[]): Reach => ({
  rule: ingress('tcp', 22, 'pl-0123456789abcdef0', cidrs),
  blocks: cidrs.map(blockOf),
});

/** Blocks that lie close to each other, around the threshold in size, some of them reserved. */
const cidr = fc.oneof(
  fc
    .tuple(fc.constantFrom(9, 10, 12, 13, 172, 198), fc.constantFrom(0, 64, 128, 192), fc.integer({ min: 7, max: 12 }))
    .map(([a, b, prefix]) => `${a}.${b}.0.0/${prefix}`),
  fc
    .tuple(
      fc.constantFrom('2600', '2601', '2001', 'fd00'),
      fc.constantFrom('0', '4000', '8000', 'c000'),
      fc.integer({ min: 15, max: 20 }),
    )
    .map(([a, b, prefix]) => `${a}:${b}::/${prefix}`),
);
const rules = fc
  .array(fc.array(cidr, { minLength: 1, maxLength: 3 }), { maxLength: 6 })
  .map((all) => all.map((one) => reachOf(...one)));
const subset = rules.chain((all) => fc.record({ all: fc.constant(all), some: fc.subarray(all) }));

const union = (some: readonly Reach[], family: 'ipv4' | 'ipv6') =>
  publicAddresses(
    some.flatMap(({ blocks }) => blocks.filter((block) => block.family === family)),
    family,
  );

describe('the union of some rules’ sources', () => {
  it('is counted as merging the blocks would, however often it is asked for', () => {
    fc.assert(
      fc.property(subset, fc.constantFrom(...FAMILIES), ({ all, some }, family) => {
        const map = mapAddresses(all, family);
        expect([map.size(some), map.size(all), map.size(some), map.size([])]).toEqual([
          union(some, family),
          union(all, family),
          union(some, family),
          0n,
        ]);
      }),
    );
  });

  it('has nothing of a rule that was not among those it was made for', () => {
    expect(mapAddresses([reachOf('12.0.0.0/8')], 'ipv4').size([reachOf('13.0.0.0/8')])).toBe(0n);
  });

  it('is the world from the threshold on, in either family, or where one block is by itself', () => {
    fc.assert(
      fc.property(subset, ({ all, some }) => {
        const expected =
          union(some, 'ipv4') >= 1n << 24n ||
          union(some, 'ipv6') >= 1n << 112n ||
          some.some(({ blocks }) => blocks.some((block) => isAlone(block, WORLD)));
        expect(judgeOf(all, WORLD).isWorld(some)).toBe(expected);
      }),
      { numRuns: 400 },
    );
  });

  it('has the share of the family in which it is larger', () => {
    fc.assert(
      fc.property(subset, ({ all, some }) => {
        const expected = Math.max(...FAMILIES.map((family) => publicShare(union(some, family), family)));
        expect(judgeOf(all, WORLD).shareOf(some)).toBe(expected);
      }),
    );
  });
});

describe('one block', () => {
  it.each([
    ['12.0.0.0/8', true],
    ['12.0.0.0/9', false],
    ['172.0.0.0/8', true],
    ['10.0.0.0/8', false],
    ['2600::/16', true],
    ['2600::/17', false],
    ['fd00::/8', false],
  ])('%s is the world by itself: %s', (text, alone) => {
    expect(isAlone(blockOf(text), WORLD)).toBe(alone);
  });

  it('counts where half of it is public, and not below', () => {
    const half = { ...blockOf('12.0.0.0/8'), publicSize: 1n << 23n };
    expect(isAlone(half, WORLD)).toBe(true);
    expect(isAlone({ ...half, publicSize: half.publicSize - 1n }, WORLD)).toBe(false);
  });

  it('is the world among others that are small', () => {
    const [mixed, small] = [reachOf('192.0.2.0/24', '172.0.0.0/8'), reachOf('198.51.100.0/24')];
    const judge = judgeOf([mixed, small], WORLD);
    expect([judge.isWorld([small, mixed]), judge.isWorld([small])]).toEqual([true, false]);
  });
});

describe('what is open', () => {
  it('is told by protocol, with the widest share among its ports', () => {
    const list = [
      ingress('tcp', [20, 29], '12.0.0.0/8'),
      ingress('tcp', 22, '13.0.0.0/8'),
      ingress('tcp', 40, '14.0.0.0/7'),
    ];
    const reaches = reachesOf(list, 'ingress');
    const all = { from: 0, to: 65_535 };
    const judge = judgeOf(reaches, WORLD);
    expect(exposuresOf(segmentsOf(reaches, { tcp: [all], udp: [all] }), judge)).toEqual([
      {
        protocol: 'tcp',
        ports: [
          { from: 20, to: 29 },
          { from: 40, to: 40 },
        ],
        share: publicShare(2n << 24n, 'ipv4'),
      },
    ]);
  });
});

describe('a judge', () => {
  /** A rule that counts how often its blocks are looked at. */
  const watched = (...cidrs: readonly string[]) => {
    const reach = reachOf(...cidrs);
    let looks = 0;
    return {
      rule: reach.rule,
      get blocks() {
        looks += 1;
        return reach.blocks;
      },
      looks: () => looks,
    };
  };

  it('weighs each rule once, and adds up no union where the sizes do not come to the world', () => {
    const [half, quarter] = [watched('12.0.0.0/9'), watched('13.0.0.0/10', '2600::/18')] as const;
    const judge = judgeOf([half, quarter], WORLD);
    expect([judge.isWorld([half, quarter]), judge.isWorld([half]), judge.isWorld([quarter])]).toEqual([
      false,
      false,
      false,
    ]);
    expect(half.looks() + quarter.looks()).toBeLessThanOrEqual(4);
  });

  it('reads the share of one block from the block', () => {
    const [one, other] = [watched('12.0.0.0/8'), watched('13.0.0.0/8')] as const;
    expect(judgeOf([one, other], WORLD).shareOf([one])).toBe(publicShare(1n << 24n, 'ipv4'));
    expect(other.looks()).toBeLessThanOrEqual(2);
  });

  it('counts what two rules have in common once', () => {
    const halves = [
      reachOf('12.0.0.0/9'),
      reachOf('12.0.0.0/9'),
      reachOf('12.0.0.0/10', '2600::/17'),
      reachOf('2600::/17'),
    ];
    expect(judgeOf(halves, WORLD).isWorld(halves)).toBe(false);
    expect(judgeOf(halves, WORLD).shareOf(halves.slice(0, 2))).toBe(publicShare(1n << 23n, 'ipv4'));
  });

  it('does not take an IPv6 block for the IPv4 block of the same number', () => {
    const [four, six] = [reachOf('12.0.0.0/8'), reachOf('::c00:0/104')] as const;
    const map = mapAddresses([four, six], 'ipv4');
    expect([map.size([six]), map.size([four])]).toEqual([0n, 1n << 24n]);
  });
});

describe('one rule alone', () => {
  const ports = { tcp: [{ from: 22, to: 22 }], udp: [] };
  const alone = (rule: Rule, asked: PortSet = ports, world = WORLD) => {
    const prepared = prepare([rule], 'ingress', world);
    const [only] = prepared.reaches;
    return only === undefined ? [] : exposuresAlone(only, prepared, asked, world);
  };
  const open = (share: number) => [{ protocol: 'tcp', ports: [{ from: 22, to: 22 }], share }];

  it('is judged by what it lets in, and remembered by that', () => {
    const first = alone(ingress('tcp', 22, '0.0.0.0/0'));
    expect(first).toEqual(open(1));
    expect(alone(ingress('tcp', 22, '0.0.0.0/0'))).toBe(first);
    expect(alone(ingress('tcp', 22, '12.0.0.0/8'))).toEqual(open(publicShare(1n << 24n, 'ipv4')));
    expect(alone(ingress('tcp', 22, '12.0.0.0/9'))).toEqual([]);
    expect(alone(ingress('tcp', 22, '12.0.0.0/9'), ports, { ...WORLD, ipv4: 9 })).not.toEqual([]);
    expect(alone(ingress('tcp', 22, '0.0.0.0/0'), { ...ports })).not.toBe(first);
    expect(alone(ingress('tcp', 22, '0.0.0.0/0'))).toBe(first);
  });

  it('is judged anew where it names a list: the name does not tell what the list holds', () => {
    const list = (...entries: readonly string[]) => alone(ingress('tcp', 22, 'pl-0123456789abcdef0', entries));
    expect([list('0.0.0.0/0'), list('12.0.0.0/9'), list('::/0')]).toEqual([open(1), [], open(1)]);
  });

  it('is remembered up to 10,000 times for the same ports', () => {
    const asked = { ...ports };
    const first = alone(ingress('tcp', 22, '0.0.0.0/0'), asked);
    for (let n = 0; n < 9998; n += 1) alone(ingress('tcp', n, '12.0.0.0/32'), asked);
    expect(alone(ingress('tcp', 22, '0.0.0.0/0'), asked)).toBe(first);
    for (let n = 0; n < 4; n += 1) alone(ingress('udp', n, '12.0.0.0/32'), asked);
    const again = alone(ingress('tcp', 22, '0.0.0.0/0'), asked);
    expect(again).toEqual(first);
    expect(again).not.toBe(first);
  });
});

describe('what was read once', () => {
  it('is remembered: a block by its text', () => {
    const first = blockOf('198.51.100.0/25');
    blockOf('198.51.100.128/25');
    expect(blockOf('198.51.100.0/25')).toBe(first);
    expect(blockOf('198.51.100.0/25')).not.toEqual(blockOf('198.51.100.0/26'));
  });

  it('is remembered up to 20,000 texts, then read anew', () => {
    const first = blockOf('198.51.100.0/27');
    const text = (n: number) => `10.${n >> 8}.${n & 255}.0/24`;
    for (let n = 0; n < 19_990; n += 1) blockOf(text(n));
    for (let n = 0; n < 20; n += 1) blockOf(`192.0.2.${n}/32`);
    const again = blockOf('198.51.100.0/27');
    expect(again).toEqual(first);
    expect(again).not.toBe(first);
    expect(blockOf('198.51.100.0/27')).toBe(again);
  });

  it('is remembered: a list of rules by direction and measure', () => {
    const list = [ingress('tcp', 22, '0.0.0.0/0')];
    const prepared = prepare(list, 'ingress', WORLD);
    expect(prepare(list, 'ingress', { ...WORLD })).toBe(prepared);
    const others = [
      prepare(list, 'egress', WORLD),
      prepare(list, 'ingress', { ...WORLD, ipv4: 1 }),
      prepare(list, 'ingress', { ...WORLD, ipv6: 1 }),
    ];
    expect(new Set([prepared, ...others]).size).toBe(4);
    expect(others.map(({ reaches }) => reaches.length)).toEqual([0, 1, 1]);
    expect(prepare(list, 'ingress', WORLD)).toBe(prepared);
    expect(prepare([...list], 'ingress', WORLD)).not.toBe(prepared);
  });
});
