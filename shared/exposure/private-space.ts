import type { WorldThreshold } from '../model/options.ts';
import type { Rule } from '../model/rule.ts';
import { type Block, blockOf } from './block.ts';
import { BITS, type Family, parseCidr } from './cidr.ts';
import { type Interval, sizeOfCommon, subtract, unite } from './intervals.ts';
import { isAlone, type Judge } from './judge.ts';
import { byKey, cidrsOf, type Reach } from './reach.ts';
import { ruleKey } from './rule-key.ts';
import { couldBeWorld } from './screen.ts';

/**
 * Addresses of private networks: RFC 1918, carrier-grade NAT (RFC 6598) and unique local IPv6 (RFC 4193).
 *
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 * @see https://www.iana.org/assignments/iana-ipv6-special-registry
 */
const PRIVATE_SPACE: Readonly<Record<Family, readonly Interval[]>> = {
  ipv4: unite(['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16'].map(parseCidr)),
  ipv6: unite(['fc00::/7'].map(parseCidr)),
};

const PRIVATE_SIZE: Readonly<Record<Family, bigint>> = {
  ipv4: sizeOfCommon(PRIVATE_SPACE.ipv4, PRIVATE_SPACE.ipv4),
  ipv6: sizeOfCommon(PRIVATE_SPACE.ipv6, PRIVATE_SPACE.ipv6),
};

const FAMILIES = ['ipv4', 'ipv6'] as const satisfies readonly Family[];

const privateSize = (blocks: readonly Interval[], family: Family): bigint =>
  sizeOfCommon(unite(blocks), PRIVATE_SPACE[family]);

/** Private addresses of a block. Blocks are remembered by their text, so each is measured once. */
const known = new WeakMap<Block, bigint>();

const privatePart = (block: Block): bigint => {
  const found = known.get(block);
  if (found !== undefined) return found;
  const size = privateSize([block], block.family);
  known.set(block, size);
  return size;
};

/** Whether any address of a block is private. */
export const holdsPrivate = (block: Block): boolean => privatePart(block) > 0n;

const inFamily = (reaches: readonly Reach[], family: Family): readonly Block[] =>
  reaches.flatMap(({ blocks }) => blocks.filter((block) => block.family === family));

const meets = (block: Block, { family, first, last }: Block): boolean =>
  block.family === family && block.first <= last && first <= block.last;

/**
 * Inbound rules that name addresses of private space or of the VPC. Those that are the world by themselves are left out: other controls
 * speak of them.
 */
export const innerReaches = (
  rules: readonly Rule[],
  vpcCidrs: readonly string[],
  world: WorldThreshold,
): readonly Reach[] => {
  const vpc = vpcCidrs.map(blockOf);
  const isInner = (block: Block) =>
    (holdsPrivate(block) || vpc.some((whole) => meets(block, whole))) && !isAlone(block, world);
  const reaches: Reach[] = [];
  for (const rule of rules) {
    if (rule.direction !== 'ingress' || rule.source.kind === 'group') continue;
    const blocks = cidrsOf(rule.source).map(blockOf).filter(isInner);
    if (blocks.length > 0) reaches.push({ rule, blocks });
  }
  return reaches;
};

/** Sizes of blocks added up as they are: an upper bound of their union. */
const sumOf = (blocks: readonly Block[], sizeOf: (block: Block) => bigint): bigint =>
  blocks.reduce((sum, block) => sum + sizeOf(block), 0n);

const whole = ({ first, last }: Interval): bigint => last - first + 1n;

/** Whether blocks, added up, hold a whole other one. */
const holds = (blocks: readonly Block[], target: Block): boolean => {
  const near = blocks.filter((block) => meets(block, target));
  return sumOf(near, whole) >= whole(target) && subtract([target], unite(near)).length === 0;
};

/** A judge to whom wide is what holds the whole VPC, or as many private addresses as a block of the limit's length. */
export const widthJudge = (vpcCidrs: readonly string[], limit: WorldThreshold): Judge => {
  const vpc = vpcCidrs.map(blockOf);
  const isWide = (blocks: readonly Block[], family: Family): boolean => {
    const least = 1n << BigInt(BITS[family] - limit[family]);
    return sumOf(blocks, privatePart) >= least && privateSize(blocks, family) >= least;
  };
  return {
    isWorld: (reaches) =>
      FAMILIES.some((family) => {
        const blocks = inFamily(reaches, family);
        return blocks.length > 0 && (isWide(blocks, family) || vpc.some((target) => holds(blocks, target)));
      }),
    shareOf: (reaches) => Math.max(...FAMILIES.map((family) => privateShare(inFamily(reaches, family), family))),
  };
};

/**
 * Whether sources, added up, could be wide to such a judge: as large as a block of the limit's length or the smallest of the VPC. Reads
 * no address of a rule, as `couldBeWorld` does.
 */
export const couldBeWide = (rules: readonly Rule[], vpcCidrs: readonly string[], limit: WorldThreshold): boolean => {
  const least = { ipv4: limit.ipv4, ipv6: limit.ipv6 };
  for (const { family, prefix } of vpcCidrs.map(blockOf)) least[family] = Math.max(least[family], prefix);
  return couldBeWorld(rules, 'ingress', least);
};

const privateShare = (blocks: readonly Block[], family: Family): number =>
  Number((privateSize(blocks, family) * 1_000_000n) / PRIVATE_SIZE[family]) / 1_000_000;

const addresses = ({ blocks }: Reach): bigint =>
  blocks.reduce((sum, { family, first, last }) => sum + (last - first + 1n) * (family === 'ipv4' ? 1n << 96n : 1n), 0n);

/** Widest source first, an IPv4 address counted as an IPv6 /32, so that blocks of one length are equal; ties by identity. */
export const widestSourceFirst = (reaches: readonly Reach[]): readonly Reach[] =>
  reaches
    .map((reach) => ({ reach, size: addresses(reach), key: ruleKey(reach.rule) }))
    .toSorted((a, b) => Number(b.size > a.size) - Number(a.size > b.size) || byKey(a, b))
    .map(({ reach }) => reach);
