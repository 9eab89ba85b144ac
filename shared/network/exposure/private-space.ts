import type { WorldThreshold } from '../../domain/control-options.ts';
import type { WideQuestion } from '../../domain/finding.ts';
import { type Cidr, type Family, type Interval, parseCidr, sizeOfCommon, unionOf } from '../cidr.ts';
import { type AddressBlock, parseBlock } from '../public-space.ts';
import { NEARLY_ONE } from './bounds.ts';
import { addressesOf, isWorldAlone, type Measure, type Scale } from './measure.ts';

/**
 * Addresses of private networks: RFC 1918, carrier-grade NAT (RFC 6598) and unique local IPv6 (RFC 4193).
 *
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 * @see https://www.iana.org/assignments/iana-ipv6-special-registry
 */
const PRIVATE_SPACE: Readonly<Record<Family, readonly Interval[]>> = {
  ipv4: unionOf(['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16'].map(parseCidr)),
  ipv6: unionOf(['fc00::/7'].map(parseCidr)),
};

const PRIVATE_SIZE: Readonly<Record<Family, bigint>> = {
  ipv4: sizeOfCommon(PRIVATE_SPACE.ipv4, PRIVATE_SPACE.ipv4),
  ipv6: sizeOfCommon(PRIVATE_SPACE.ipv6, PRIVATE_SPACE.ipv6),
};

const FAMILIES = ['ipv4', 'ipv6'] as const satisfies readonly Family[];

function privateSize(block: Cidr): bigint {
  return sizeOfCommon([block], PRIVATE_SPACE[block.family]);
}

/** Whether any address of a block is private. */
export function holdsPrivate(block: Cidr): boolean {
  return privateSize(block) > 0n;
}

/**
 * Blocks of one family by their first address; of two with the same first address, the smaller block comes
 * first.
 */
type SortedBlocks = readonly AddressBlock[];

function sortBlocks(blocks: readonly AddressBlock[]): SortedBlocks {
  return blocks.toSorted((a, b) => Number(a.first > b.first) - Number(a.first < b.first) || b.prefix - a.prefix);
}

/** The index of the first block that begins at an address or later. */
function indexAt(blocks: SortedBlocks, first: bigint): number {
  let [low, high] = [0, blocks.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((blocks[middle]?.first ?? first) < first) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether a block contains one of some blocks. O(log n). */
function holdsAny(block: AddressBlock, blocks: SortedBlocks): boolean {
  for (let i = indexAt(blocks, block.first), one = blocks[i]; one !== undefined; i += 1, one = blocks[i]) {
    if (one.last <= block.last) return true;
    if (one.first > block.first) return false;
  }
  return false;
}

/** The blocks that no other block contains. */
function outermost(blocks: SortedBlocks): SortedBlocks {
  const all: AddressBlock[] = [];
  for (const block of blocks) {
    while ((all.at(-1)?.first ?? -1n) >= block.first && (all.at(-1)?.last ?? 0n) <= block.last) all.pop();
    if ((all.at(-1)?.last ?? -1n) < block.first) all.push(block);
  }
  return all;
}

/** Whether one of some disjoint blocks contains a block. O(log n). */
function isWithinAny(block: AddressBlock, apart: SortedBlocks): boolean {
  const at = indexAt(apart, block.first);
  return [apart[at], apart[at - 1]].some(
    (one) => one !== undefined && one.first <= block.first && block.last <= one.last,
  );
}

interface Vpc {
  readonly blocks: Readonly<Record<Family, SortedBlocks>>;
  readonly outermost: Readonly<Record<Family, SortedBlocks>>;
}

function vpcOf(cidrs: readonly string[]): Vpc {
  const all = cidrs.map(parseBlock);
  const of = (family: Family) => sortBlocks(all.filter((block) => block.family === family));
  const blocks = { ipv4: of('ipv4'), ipv6: of('ipv6') };
  return { blocks, outermost: { ipv4: outermost(blocks.ipv4), ipv6: outermost(blocks.ipv6) } };
}

/**
 * Selects the blocks that overlap private space or the VPC. Blocks that are the world by themselves are left
 * out because other controls report them.
 */
export function isInner(vpcCidrs: readonly string[], world: WorldThreshold): (block: AddressBlock) => boolean {
  const vpc = vpcOf(vpcCidrs);
  const meetsVpc = (block: AddressBlock) =>
    isWithinAny(block, vpc.outermost[block.family]) || holdsAny(block, vpc.blocks[block.family]);
  return (block) => !isWorldAlone(block, world) && (holdsPrivate(block) || meetsVpc(block));
}

function measuresOf(family: Family, limit: bigint, vpc: Vpc): readonly Measure[] {
  const apart = vpc.outermost[family];
  const shareOf = (size: bigint) => Number((size * 1_000_000n) / PRIVATE_SIZE[family]) / 1_000_000;
  return [
    { family, sizeOf: privateSize, limit, watched: [], shareOf },
    {
      family,
      sizeOf: (block) => (isWithinAny(block, apart) ? addressesOf(family, block.prefix) : 0n),
      watched: vpc.blocks[family],
      shareOf: () => 0,
    },
  ];
}

/**
 * A union is wide if it covers a whole block of the VPC, or as many private addresses as a block of the
 * limit's length.
 */
export function wideScale({ vpcCidrs, limit }: WideQuestion): Scale {
  const vpc = vpcOf(vpcCidrs);
  const least = { ipv4: addressesOf('ipv4', limit.ipv4), ipv6: addressesOf('ipv6', limit.ipv6) };
  return {
    measures: FAMILIES.flatMap((family) => measuresOf(family, least[family], vpc)),
    isEnough: (block) => privateSize(block) >= least[block.family] || holdsAny(block, vpc.blocks[block.family]),
  };
}

/**
 * Whether sources with these bounds could be wide: as large as a block of the limit's length, or as the
 * smallest block of the VPC. Parses no address of a rule.
 */
export function couldBeWide(
  bound: Readonly<Record<Family, number>>,
  { vpcCidrs, limit }: Pick<WideQuestion, 'vpcCidrs' | 'limit'>,
): boolean {
  const least = { ipv4: limit.ipv4, ipv6: limit.ipv6 };
  for (const { family, prefix } of vpcCidrs.map(parseBlock)) least[family] = Math.max(least[family], prefix);
  return FAMILIES.some((family) => bound[family] * 2 ** least[family] >= NEARLY_ONE);
}
