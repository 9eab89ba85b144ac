import type { WorldThreshold } from '../model/options.ts';
import { type AddressMap, mapAddresses } from './address-map.ts';
import type { Block } from './block.ts';
import { BITS, type Family } from './cidr.ts';
import { publicShare } from './public-space.ts';
import type { Reach } from './reach.ts';

/** Tells how much of the world some rules let in. Made once for the rules under judgement, asked about many subsets of them. */
export interface Judge {
  /** Whether the union of the sources holds as many public addresses as a block of the threshold's length, in either family. */
  readonly isWorld: (reaches: readonly Reach[]) => boolean;
  /** Share of the public address space in the union, 0–1, of the family where it is larger. */
  readonly shareOf: (reaches: readonly Reach[]) => number;
}

const FAMILIES = ['ipv4', 'ipv6'] as const satisfies readonly Family[];

interface Weight {
  /** Public sizes of its blocks added up, as a multiple of the threshold: an upper bound of what it adds to a union. */
  readonly most: Readonly<Record<Family, number>>;
  /** Whether one block of it is the world by itself. */
  readonly alone: boolean;
}

/**
 * One block of the threshold's length is the world although special-purpose blocks take a little out of it: 172.0.0.0/8 is,
 * 10.0.0.0/8 is not.
 */
export const isAlone = ({ family, prefix, publicSize }: Block, world: WorldThreshold): boolean =>
  prefix <= world[family] && publicSize * 2n >= 1n << BigInt(BITS[family] - world[family]);

const weigh = ({ blocks }: Reach, least: Readonly<Record<Family, bigint>>, world: WorldThreshold): Weight => {
  const most = { ipv4: 0, ipv6: 0 };
  for (const { family, publicSize } of blocks) most[family] += Number(publicSize) / Number(least[family]);
  return { most, alone: blocks.some((block) => isAlone(block, world)) };
};

/** The bound is a floating-point sum: over a million blocks its error stays under a millionth of a millionth, far from this. */
const NEARLY = 0.999_999;

/**
 * A judge of these rules. Two bounds decide nearly every question without a union: one source that is the world by itself, and
 * a sum of sizes that stays below the threshold.
 */
export const judgeOf = (all: readonly Reach[], world: WorldThreshold): Judge => {
  const least = {
    ipv4: 1n << BigInt(BITS.ipv4 - world.ipv4),
    ipv6: 1n << BigInt(BITS.ipv6 - world.ipv6),
  };
  const weights = new Map<Reach, Weight>();
  const weightOf = (reach: Reach): Weight => {
    const known = weights.get(reach);
    if (known !== undefined) return known;
    const weight = weigh(reach, least, world);
    weights.set(reach, weight);
    return weight;
  };
  const maps: Partial<Record<Family, AddressMap>> = {};
  const size = (reaches: readonly Reach[], family: Family) =>
    (maps[family] ??= mapAddresses(all, family)).size(reaches);
  const bound = (reaches: readonly Reach[], family: Family) =>
    reaches.reduce((sum, reach) => sum + weightOf(reach).most[family], 0);
  return {
    isWorld: (reaches) =>
      reaches.some((reach) => weightOf(reach).alone) ||
      FAMILIES.some((family) => bound(reaches, family) >= NEARLY && size(reaches, family) >= least[family]),
    shareOf: (reaches) => {
      const [only, ...others] = reaches.flatMap(({ blocks }) => blocks);
      if (only !== undefined && others.length === 0) return publicShare(only.publicSize, only.family);
      return Math.max(...FAMILIES.map((family) => publicShare(size(reaches, family), family)));
    },
  };
};
