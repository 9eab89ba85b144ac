import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ingress } from '../../shared/controls/parts/documentation.ts';
import { parseCidr } from '../../shared/network/cidr.ts';
import { Coverage } from '../../shared/network/exposure/coverage.ts';
import { isWorldAlone, type Measure, publicUnion, worldScale } from '../../shared/network/exposure/measure.ts';
import type { Reach } from '../../shared/network/exposure/reach.ts';
import { type AddressBlock, parseBlock, publicAddresses, publicShare } from '../../shared/network/public-space.ts';

const WORLD = { ipv4: 8, ipv6: 16 };
const FAMILIES = ['ipv4', 'ipv6'] as const;

function reachOf(...cidrs: readonly string[]): Reach {
  return {
    rule: ingress('tcp', 22, 'pl-0123456789abcdef0', cidrs),
    traffic: { from: 22, to: 22 },
    blocks: cidrs.map((text) => parseBlock(text)),
  };
}

/** Blocks close to each other, of sizes around the threshold, some of them reserved. */
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

function union(some: readonly Reach[], family: 'ipv4' | 'ipv6') {
  return publicAddresses(
    some.flatMap(({ blocks }) => blocks.filter((block) => block.family === family)),
    family,
  );
}

function measureOf(family: 'ipv4' | 'ipv6'): Measure {
  const measure = worldScale(WORLD).measures.find((one) => one.family === family);
  if (measure === undefined) throw new Error(`no measure of ${family}`);
  return measure;
}

function coverageOf(all: readonly Reach[], family: 'ipv4' | 'ipv6') {
  return new Coverage(all, measureOf(family), { steps: 0 });
}

describe('the union of some rules’ sources', () => {
  it('equals the merged blocks while rules are added and removed', () => {
    fc.assert(
      fc.property(subset, fc.constantFrom(...FAMILIES), ({ all, some }, family) => {
        const coverage = coverageOf(all, family);
        for (const reach of all) coverage.add(reach);
        expect(coverage.covered).toBe(union(all, family));
        for (const reach of all) if (!some.includes(reach)) coverage.remove(reach);
        expect(coverage.covered).toBe(union(some, family));
        expect(coverage.isExposed).toBe(union(some, family) >= (measureOf(family).limit ?? 0n));
        for (const reach of some.toReversed()) coverage.remove(reach);
        expect(coverage.covered).toBe(0n);
        expect(coverage.isExposed).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('contains a watched block exactly if blocks within it cover every address', () => {
    const block = fc
      .tuple(fc.integer({ min: 24, max: 27 }), fc.nat(7))
      .map(([prefix, at]) => `198.51.100.${at * 32}/${prefix}`);
    const addresses = (one: AddressBlock) =>
      Array.from({ length: Number(one.last - one.first) + 1 }, (_, i) => one.first + BigInt(i));
    fc.assert(
      fc.property(
        fc.array(block, { maxLength: 9 }),
        fc.array(block, { maxLength: 3 }),
        fc.nat(),
        (cidrs, targets, n) => {
          const watched = targets.map(parseBlock);
          const sizeOf = ({ prefix }: AddressBlock) => 1n << BigInt(32 - prefix);
          const measure: Measure = { family: 'ipv4', sizeOf, watched, shareOf: () => 0 };
          const all = cidrs.map((one) => reachOf(one));
          const coverage = new Coverage(all, measure, { steps: 0 });
          for (const reach of all) coverage.add(reach);
          const gone = all.filter((_, i) => (n >> i) % 2 === 1);
          for (const reach of gone) coverage.remove(reach);
          const rest = all.filter((reach) => !gone.includes(reach)).flatMap(({ blocks }) => blocks);
          const isFull = (one: AddressBlock) => {
            const within = rest.filter(({ first, last }) => one.first <= first && last <= one.last);
            return new Set(within.flatMap(addresses)).size === addresses(one).length;
          };
          expect(coverage.isExposed).toBe(watched.some(isFull));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('tells an IPv6 block from an IPv4 block with the same number', () => {
    const [four, six] = [reachOf('12.0.0.0/8'), reachOf('::c00:0/104')] as const;
    const coverage = coverageOf([four, six], 'ipv4');
    coverage.add(six);
    expect(coverage.covered).toBe(0n);
    coverage.add(four);
    expect(coverage.covered).toBe(1n << 24n);
  });

  it('takes at most one step for each block around the block of a rule', () => {
    const work = { steps: 0 };
    const all = Array.from({ length: 200 }, (_, n) => reachOf(`12.${n}.0.0/16`));
    const coverage = new Coverage([...all, reachOf('12.0.0.0/8')], measureOf('ipv4'), work);
    for (const reach of all) coverage.add(reach);
    expect(work.steps).toBe(2 * all.length);
  });
});

describe('the public addresses of some blocks', () => {
  it('are the world at the threshold in either family, or if one block alone is the world', () => {
    fc.assert(
      fc.property(fc.array(cidr, { maxLength: 12 }), (cidrs) => {
        const all = [reachOf(...cidrs)];
        const [four, six] = [union(all, 'ipv4'), union(all, 'ipv6')];
        const alone = cidrs.map(parseBlock).some((block) => isWorldAlone(block, WORLD));
        expect(publicUnion(cidrs, WORLD)).toEqual({
          isPublic: four + six > 0n,
          isTrusted: false,
          isWorld: four >= 1n << 24n || six >= 1n << 112n || alone,
          share: Math.max(publicShare(four, 'ipv4'), publicShare(six, 'ipv6')),
        });
      }),
      { numRuns: 400 },
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
    expect(isWorldAlone(parseBlock(text), WORLD)).toBe(alone);
  });

  it('is the world if at least half of it is public', () => {
    const half = { ...parseBlock('12.0.0.0/8'), publicSize: 1n << 23n };
    expect(isWorldAlone(half, WORLD)).toBe(true);
    expect(isWorldAlone({ ...half, publicSize: half.publicSize - 1n }, WORLD)).toBe(false);
  });

  it('is parsed strictly and to the same addresses in every notation', () => {
    const text = fc.oneof(
      fc.tuple(fc.ipV4(), fc.nat(32)).map(([ip, prefix]) => `${ip}/${prefix}`),
      fc.tuple(fc.ipV6(), fc.nat(128)).map(([ip, prefix]) => `${ip}/${prefix}`),
      fc.constantFrom('2001:DB8::/32', '::ffff:192.0.2.1/128', '198.51.100.7/24'),
    );
    fc.assert(
      fc.property(text, (one) => {
        expect(parseBlock(one)).toMatchObject(parseCidr(one));
      }),
      { numRuns: 500 },
    );
    expect(() => parseBlock('10.0.0.0/33')).toThrow('is not a CIDR block');
  });
});
