import type { WorldThreshold } from '../../domain/control-options.ts';
import { BITS, type Family } from '../cidr.ts';
import {
  type AddressBlock,
  parseBlock,
  publicAddresses,
  publicShare,
  trustedAddresses,
  type World,
  withoutTrusted,
} from '../public-space.ts';

/**
 * What counts as an exposure within one address family: which addresses are counted, and how many make a
 * union too large. To leave out blocks, change `sizeOf`.
 */
export interface Measure {
  readonly family: Family;
  /** Number of counted addresses in a block. The sizes of two disjoint blocks add up. */
  readonly sizeOf: (block: AddressBlock) => bigint;
  /**
   * Number of counted addresses from which a union is an exposure. Absent: only a covered watched block is
   * one.
   */
  readonly limit?: bigint;
  /**
   * A union is an exposure if blocks within a watched block cover all of it. `Scale.isEnough` decides about
   * larger blocks.
   */
  readonly watched: readonly AddressBlock[];
  /** Converts a number of counted addresses to a share, 0–1. */
  readonly shareOf: (size: bigint) => number;
}

/**
 * The measures of all families. `isEnough`: whether a single block is an exposure, whatever its counted
 * addresses.
 */
export interface Scale {
  readonly measures: readonly Measure[];
  readonly isEnough: (block: AddressBlock) => boolean;
}

/** Number of addresses of a block of a prefix length. */
export function addressesOf(family: Family, prefix: number): bigint {
  return 1n << BigInt(BITS[family] - prefix);
}

/**
 * Whether a single block is the world. It has to be as large as the threshold, and at least half of the
 * threshold has to be public: 172.0.0.0/8 is the world, 10.0.0.0/8 is not. Trusted addresses do not count.
 * The whole address space always is the world.
 */
export function isWorldAlone(
  { family, prefix, publicSize, trustedSize }: AddressBlock,
  world: WorldThreshold,
): boolean {
  if (prefix > world[family]) return false;
  const limit = addressesOf(family, world[family]);
  const isLarge = trustedSize === 0n || addressesOf(family, prefix) - trustedSize >= limit;
  return prefix === 0 || (isLarge && publicSize * 2n >= limit);
}

function publicMeasure(family: Family, world: WorldThreshold): Measure {
  return {
    family,
    sizeOf: ({ publicSize }) => publicSize,
    limit: addressesOf(family, world[family]),
    watched: [],
    shareOf: (size) => publicShare(size, family),
  };
}

/**
 * The world is a union with as many public addresses as a block of the threshold's length, in either family.
 */
export function worldScale(world: WorldThreshold): Scale {
  return {
    measures: [publicMeasure('ipv4', world), publicMeasure('ipv6', world)],
    isEnough: (block) => isWorldAlone(block, world),
  };
}

/** The public addresses of some blocks together. */
export interface PublicUnion {
  /** Whether any of the addresses is public and not trusted. */
  readonly isPublic: boolean;
  /** Whether any of the addresses is trusted. */
  readonly isTrusted: boolean;
  readonly isWorld: boolean;
  /**
   * Share of the public address space, 0–1, of the family with the larger share. Trusted addresses do not
   * count.
   */
  readonly share: number;
}

/**
 * The public addresses of the union of some CIDR blocks. Throws InputInvalid for a text that is not a CIDR
 * block.
 */
export function publicUnion(cidrs: readonly string[], world: World): PublicUnion {
  const trusted = world.trusted?.();
  const all = cidrs.map((text) => parseBlock(text));
  const blocks = trusted === undefined ? all : all.map((block) => withoutTrusted(block, trusted));
  const { measures, isEnough } = worldScale(world);
  const sizes = measures.map(({ family }) => {
    const ours = blocks.filter((block) => block.family === family);
    return publicAddresses(ours, family) - (trusted === undefined ? 0n : trustedAddresses(ours, family, trusted));
  });
  const reachesLimit = measures.some(({ limit = 0n }, i) => (sizes[i] ?? 0n) >= limit);
  return {
    isPublic: sizes.some((size) => size > 0n),
    isTrusted: blocks.some(({ trustedSize }) => trustedSize > 0n),
    isWorld: reachesLimit || blocks.some(isEnough),
    share: Math.max(...measures.map(({ shareOf }, i) => shareOf(sizes[i] ?? 0n))),
  };
}
