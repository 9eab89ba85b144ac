import type { Direction, Rule } from '../../domain/rule.ts';
import { type Block, blockOf, cidrsOf } from '../block.ts';
import { ruleKey } from '../rule-key.ts';
import { type AxisRange, axisRangeOf } from './axis.ts';
import { publicShare } from './public-space.ts';
import { type TrustedSpace, withoutTrusted } from './trusted-space.ts';

/** A rule with the traffic that it lets through and the blocks of addresses that it names. */
export interface Reach {
  readonly rule: Rule;
  readonly traffic: AxisRange;
  readonly blocks: readonly Block[];
}

/** The rules of one direction that name at least one block which counts. Trusted addresses are left out of the blocks' sizes. */
export function reachesOf(
  rules: readonly Rule[],
  direction: Direction,
  counts: (block: Block) => boolean,
  trusted?: TrustedSpace,
): readonly Reach[] {
  const reaches: Reach[] = [];
  for (const rule of rules) {
    if (rule.direction !== direction || rule.source.kind === 'group') continue;
    const traffic = axisRangeOf(rule);
    if (traffic === undefined) continue;
    const read = cidrsOf(rule.source).map((text) => blockOf(text));
    const blocks = (trusted === undefined ? read : read.map((block) => withoutTrusted(block, trusted))).filter(counts);
    if (blocks.length > 0) reaches.push({ rule, traffic, blocks });
  }
  return reaches;
}

/** Whether any address of a block is public. */
export function isPublic({ publicSize }: Block): boolean {
  return publicSize > 0n;
}

/** Orders by a number, the larger first; ties by the rule's identity, so that the order of the rules never matters. */
function ranked(reaches: readonly Reach[], sizeOf: (reach: Reach) => number | bigint): readonly Reach[] {
  return reaches
    .map((reach) => ({ reach, size: sizeOf(reach), key: ruleKey(reach.rule) }))
    .toSorted(
      (a, b) => Number(b.size > a.size) - Number(a.size > b.size) || (a.key < b.key ? -1 : Number(a.key > b.key)),
    )
    .map(({ reach }) => reach);
}

/** The largest share of the public address space first. */
export function largestFirst(reaches: readonly Reach[]): readonly Reach[] {
  return ranked(reaches, ({ blocks }) =>
    blocks.reduce((sum, { publicSize, family }) => sum + publicShare(publicSize, family), 0),
  );
}

/** The widest source first. An IPv4 address counts as an IPv6 /32, so blocks of one prefix length are equal. */
export function widestSourceFirst(reaches: readonly Reach[]): readonly Reach[] {
  return ranked(reaches, ({ blocks }) =>
    blocks.reduce(
      (sum, { family, first, last }) => sum + (last - first + 1n) * (family === 'ipv4' ? 1n << 96n : 1n),
      0n,
    ),
  );
}
