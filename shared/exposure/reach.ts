import type { Direction, Rule, Source } from '../model/rule.ts';
import { type Block, blockOf } from './block.ts';
import { PORT_PROTOCOLS, portsOf, width } from './ports.ts';
import { publicShare } from './public-space.ts';
import { ruleKey } from './rule-key.ts';

/** A rule as something that reaches ports: the rule, and the blocks of addresses it stands for. */
export interface Reach {
  readonly rule: Rule;
  readonly blocks: readonly Block[];
}

/** CIDRs of a source; none where it is a group, or a prefix list whose entries are unknown. */
export const cidrsOf = (source: Source): readonly string[] => {
  switch (source.kind) {
    case 'ipv4':
    case 'ipv6':
      return [source.cidr];
    case 'prefix-list':
      return source.cidrs ?? [];
    case 'group':
      return [];
    default:
      return source satisfies never;
  }
};

/** Rules of one direction that name public addresses. */
export const reachesOf = (rules: readonly Rule[], direction: Direction): readonly Reach[] => {
  const reaches: Reach[] = [];
  for (const rule of rules) {
    if (rule.direction !== direction) continue;
    const blocks = cidrsOf(rule.source).map(blockOf);
    if (blocks.some(({ publicSize }) => publicSize > 0n)) reaches.push({ rule, blocks });
  }
  return reaches;
};

const sizeOf = ({ blocks }: Reach): number =>
  blocks.reduce((sum, { publicSize, family }) => sum + publicShare(publicSize, family), 0);

/** By identity, so that the order of rules never matters. */
export const byKey = (a: { readonly key: string }, b: { readonly key: string }): number =>
  a.key < b.key ? -1 : Number(a.key > b.key);

/** Largest source first; ties by identity, so that the order of rules never matters. */
export const largestFirst = (reaches: readonly Reach[]): readonly Reach[] =>
  reaches
    .map((reach) => ({ reach, size: sizeOf(reach), key: ruleKey(reach.rule) }))
    .toSorted((a, b) => b.size - a.size || byKey(a, b))
    .map(({ reach }) => reach);

const portsWide = ({ rule }: Reach): number =>
  Math.max(...PORT_PROTOCOLS.map((protocol) => width([portsOf(rule, protocol) ?? { from: 0, to: -1 }])));

/** Widest range of ports first, then as `largestFirst`. */
export const widestFirst = (reaches: readonly Reach[]): readonly Reach[] =>
  largestFirst(reaches).toSorted((a, b) => portsWide(b) - portsWide(a));
