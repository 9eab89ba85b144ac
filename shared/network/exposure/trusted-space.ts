import type { WorldThreshold } from '../../domain/controls/options.ts';
import { type Block, blockOf } from '../block.ts';
import type { Family } from '../cidr.ts';
import { type Interval, sizeOfCommon, unite } from '../intervals.ts';
import { publicPart } from './public-space.ts';

/** Disjoint intervals in order, with the number of addresses before each, so that a block's share of them takes O(log n). */
interface Indexed {
  readonly intervals: readonly Interval[];
  readonly before: readonly bigint[];
}

/** The public addresses that a policy trusts, by family. */
export type TrustedSpace = Readonly<Record<Family, Indexed>>;

/** What counts as the world: the threshold, and the public addresses that do not count toward it. */
export interface World extends WorldThreshold {
  /** Absent if nothing is trusted. Most evaluations never ask. */
  readonly trusted?: () => TrustedSpace;
}

const indexed = (blocks: readonly Block[], family: Family): Indexed => {
  const intervals = publicPart(unite(blocks.filter((block) => block.family === family)), family);
  const before: bigint[] = [];
  let sum = 0n;
  for (const { first, last } of intervals) {
    before.push(sum);
    sum += last - first + 1n;
  }
  return { intervals, before };
};

/**
 * The public addresses of some trusted blocks.
 *
 * @throws InputInvalid for a text that is not a CIDR block.
 */
export function trustedSpace(cidrs: readonly string[]): TrustedSpace {
  const blocks = cidrs.map((text) => blockOf(text));
  return { ipv4: indexed(blocks, 'ipv4'), ipv6: indexed(blocks, 'ipv6') };
}

/** Trusted addresses below an address: O(log n). */
function trustedBelow(address: bigint, { intervals, before }: Indexed): bigint {
  let [low, high] = [0, intervals.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((intervals[middle]?.first ?? address) < address) low = middle + 1;
    else high = middle;
  }
  const interval = intervals[low - 1];
  if (interval === undefined) return 0n;
  const end = interval.last < address ? interval.last + 1n : address;
  return (before[low - 1] ?? 0n) + end - interval.first;
}

/** Number of trusted addresses in the union of some intervals of one family. */
export function trustedAddresses(intervals: readonly Interval[], family: Family, space: TrustedSpace): bigint {
  return sizeOfCommon(unite(intervals), space[family].intervals);
}

/** A block whose trusted addresses do not count as public ones. */
export function withoutTrusted(block: Block, space: TrustedSpace): Block {
  const of = space[block.family];
  const trusted = trustedBelow(block.last + 1n, of) - trustedBelow(block.first, of);
  return trusted === 0n
    ? block
    : { ...block, publicSize: block.publicSize - trusted, trustedSize: block.trustedSize + trusted };
}
