import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RangeSums, SegmentTree } from '../../shared/network/exposure/range-trees.ts';

const SIZE = 13;

const range = fc.tuple(fc.nat(SIZE), fc.nat(SIZE)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
const change = fc.tuple(
  range.filter(([from, to]) => from < to),
  fc.bigInt(-9n, 9n),
);

/** A tree after some changes, and the same numbers in an array. */
function after(changes: readonly (readonly [readonly [number, number], bigint])[]) {
  const tree = new SegmentTree(SIZE, { steps: 0 });
  const numbers = Array.from({ length: SIZE }, () => 0n);
  for (const [[from, to], delta] of changes) {
    tree.add(from, to, delta);
    for (let index = from; index < to; index += 1) numbers[index] = (numbers[index] ?? 0n) + delta;
  }
  return { tree, numbers };
}

function indexes(ranges: readonly (readonly [number, number])[]): readonly number[] {
  return ranges.flatMap(([from, to]) => Array.from({ length: to - from }, (_, i) => from + i));
}

function atLeast(tree: SegmentTree, [from, to]: readonly [number, number], limit: bigint): readonly number[] {
  const found: [number, number][] = [];
  tree.forEachAtLeast(from, to, limit, (start, end) => {
    found.push([start, end]);
    return true;
  });
  return indexes(found);
}

function within([from, to]: readonly [number, number]) {
  return indexes([[from, to]]);
}

describe('a segment tree', () => {
  it('finds the numbers above or below a limit, as an array does', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20 }), range, fc.bigInt(-9n, 9n), (changes, where, limit) => {
        const { tree, numbers } = after(changes);
        const expected = within(where).filter((index) => (numbers[index] ?? 0n) >= limit);
        expect(atLeast(tree, where, limit)).toEqual(expected);
        const below = within(where).filter((index) => (numbers[index] ?? 0n) < limit);
        expect(indexes(tree.partsBelow(...where, limit))).toEqual(below);
      }),
      { numRuns: 500 },
    );
  });

  it('returns the numbers of a range as runs', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20 }), range, (changes, where) => {
        const { tree, numbers } = after(changes);
        const told: [number, bigint][] = [];
        tree.forEachRun(...where, (from, to, value) => {
          for (const index of within([from, to])) told.push([index, value]);
        });
        expect(told).toEqual(within(where).map((index) => [index, numbers[index]]));
      }),
      { numRuns: 500 },
    );
  });

  it('does not find an excluded index, whatever is added', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 8 }), fc.nat(SIZE - 1), change, (changes, index, more) => {
        const { tree, numbers } = after([...changes, more]);
        const { tree: other } = after(changes);
        tree.exclude(index);
        other.exclude(index);
        other.add(...more[0], more[1]);
        for (const one of [tree, other]) {
          const isOther = (at: number) => at !== index;
          const expected = within([0, SIZE]).filter((at) => isOther(at) && (numbers[at] ?? 0n) >= 3n);
          expect(atLeast(one, [0, SIZE], 3n).filter(isOther)).toEqual(expected);
          expect(atLeast(one, [0, SIZE], -1000n).filter(isOther)).toEqual(within([0, SIZE]).filter(isOther));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('stops when the visitor returns false', () => {
    const { tree } = after([
      [[0, 3], 5n],
      [[6, 9], 5n],
    ]);
    const seen: number[] = [];
    tree.forEachAtLeast(0, SIZE, 5n, (from) => {
      seen.push(from);
      return from > 5;
    });
    expect(seen[0]).toBe(0);
    expect(seen).toHaveLength(1);
  });

  it('is exact to one address among 2^125', () => {
    const { tree } = after([[[0, SIZE], 2n ** 125n]]);
    tree.add(4, 5, -1n);
    expect(indexes(tree.partsBelow(0, SIZE, 2n ** 125n))).toEqual([4]);
  });

  it('merges adjacent parts, and takes logarithmically many steps for a range', () => {
    const work = { steps: 0 };
    const tree = new SegmentTree(1024, work);
    tree.add(1, 1023, 1n);
    expect(work.steps).toBeLessThanOrEqual(4 * 10 + 1);
    expect(tree.partsBelow(0, 1024, 2n)).toEqual([[0, 1024]]);
    work.steps = 0;
    tree.forEachAtLeast(0, 1024, 1n, () => true);
    expect(work.steps).toBeLessThanOrEqual(4 * 10 + 1);
    work.steps = 0;
    tree.forEachAtLeast(0, 1024, 2n, () => true);
    expect(work.steps).toBe(0);
  });
});

describe('sums over ranges', () => {
  it('are the sums of the numbers', () => {
    const numbers = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(numbers, fc.nat(19), fc.integer({ min: -9, max: 9 }), (list, place, delta) => {
        const index = place % list.length;
        const sums = new RangeSums(list);
        sums.add(index, delta);
        const changed = list.map((number, at) => (at === index ? number + delta : number));
        for (let from = 0; from <= list.length; from += 1)
          for (let to = from; to <= list.length; to += 1)
            expect(sums.sum(from, to)).toBe(changed.slice(from, to).reduce((sum, number) => sum + number, 0));
      }),
    );
  });
});
