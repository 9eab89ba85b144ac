import type { Family } from './cidr.ts';
import { publicAddresses } from './public-space.ts';
import type { Reach } from './reach.ts';

/**
 * The addresses that some rules name, cut into cells at every first and last address, so that a union is counted in small integers.
 *
 * Counting a union of n blocks costs O(n + cells) array steps and one BigInt addition for each run of covered cells, where
 * merging BigInt intervals costs a sort: 20 times less for 1,000 rules, and the same union is asked for many times.
 */
export interface AddressMap {
  /** Number of public addresses of the family in the union of some of the rules. */
  readonly size: (reaches: readonly Reach[]) => bigint;
}

const edgesOf = (reaches: readonly Reach[], family: Family): readonly bigint[] => {
  const edges = reaches.flatMap(({ blocks }) =>
    blocks.flatMap((block) => (block.family === family ? [block.first, block.last + 1n] : [])),
  );
  return [...new Set(edges)].toSorted((a, b) => Number(a - b));
};

/** Public addresses below each edge, from the first edge on. */
const sumsOf = (edges: readonly bigint[], family: Family): readonly bigint[] => {
  let sum = 0n;
  return edges.map((edge, i) => {
    const first = edges[i - 1];
    if (first !== undefined) sum += publicAddresses([{ first, last: edge - 1n }], family);
    return sum;
  });
};

/** The map of one family for some rules. */
export const mapAddresses = (all: readonly Reach[], family: Family): AddressMap => {
  const edges = edgesOf(all, family);
  const sums = sumsOf(edges, family);
  const indexOf = new Map(edges.map((edge, i) => [edge, i]));
  const spans = new Map(
    all.map(({ rule, blocks }) => [
      rule,
      blocks.flatMap((block) =>
        block.family === family
          ? [[Number(indexOf.get(block.first)), Number(indexOf.get(block.last + 1n))] as const]
          : [],
      ),
    ]),
  );
  const depth = new Int32Array(edges.length + 1);
  const size = (reaches: readonly Reach[]): bigint => {
    depth.fill(0);
    for (const { rule } of reaches) {
      for (const [from, to] of spans.get(rule) ?? []) {
        depth[from] = Number(depth[from]) + 1;
        depth[to] = Number(depth[to]) - 1;
      }
    }
    return coveredSize(depth, sums);
  };
  return { size };
};

const coveredSize = (changes: Int32Array, sums: readonly bigint[]): bigint => {
  let depth = 0;
  let since = 0n;
  let total = 0n;
  for (const [i, sum] of sums.entries()) {
    const before = depth;
    depth += Number(changes[i]);
    if (before === 0) since = sum;
    if (before > 0 && depth === 0) total += sum - since;
  }
  return total;
};
