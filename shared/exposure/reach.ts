import type { WorldThreshold } from '../model/control.ts';
import type { Direction, Rule, Source } from '../model/rule.ts';
import { BITS, type Family, familyOf, parseCidr, prefixOf } from './cidr.ts';
import { PORT_PROTOCOLS, portsOf, width } from './ports.ts';
import { publicAddresses, publicShare } from './public-space.ts';
import { ruleKey } from './rule-key.ts';

/** A rule as something that reaches ports: its CIDRs, and how much of the world they can be at the most. */
export interface Reach {
  readonly rule: Rule;
  readonly cidrs: readonly string[];
  /** Upper bound of its size by family, as a multiple of the threshold. */
  readonly bound: Readonly<Record<Family, number>>;
}

const FAMILIES = ['ipv4', 'ipv6'] as const satisfies readonly Family[];

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

const boundOf = (cidrs: readonly string[], family: Family, threshold: number): number =>
  cidrs.reduce((sum, cidr) => (familyOf(cidr) === family ? sum + 2 ** (threshold - prefixOf(cidr)) : sum), 0);

/** Rules of one direction that name addresses, in an order that does not depend on the input's. */
export const reachesOf = (rules: Iterable<Rule>, direction: Direction, world: WorldThreshold): readonly Reach[] => {
  const reaches: Reach[] = [];
  for (const rule of rules) {
    const cidrs = rule.direction === direction ? cidrsOf(rule.source) : [];
    if (cidrs.length === 0) continue;
    reaches.push({
      rule,
      cidrs,
      bound: { ipv4: boundOf(cidrs, 'ipv4', world.ipv4), ipv6: boundOf(cidrs, 'ipv6', world.ipv6) },
    });
  }
  return reaches;
};

const addresses = (reaches: readonly Reach[], family: Family): bigint =>
  publicAddresses(
    reaches.flatMap(({ cidrs }) => cidrs.filter((cidr) => familyOf(cidr) === family).map(parseCidr)),
    family,
  );

/**
 * Whether the sources are the world: their union holds as many public addresses as a block of the threshold's length.
 *
 * The bound decides most cases without reading an address. It is a sum of powers of two in floating point, whose error over
 * 1,000 rules stays under 1,000 × 2^-53, so 0.999 cannot hide a union that reaches 1.
 */
export const isWorld = (reaches: readonly Reach[], world: WorldThreshold): boolean =>
  FAMILIES.some(
    (family) =>
      reaches.reduce((sum, { bound }) => sum + bound[family], 0) >= 0.999 &&
      addresses(reaches, family) >= 1n << BigInt(BITS[family] - world[family]),
  );

/** Share of the public address space that the union of some sources holds, 0–1, of the family where it is larger. */
export const shareOf = (reaches: readonly Reach[]): number =>
  Math.max(...FAMILIES.map((family) => publicShare(addresses(reaches, family), family)));

const byKey = (a: { readonly key: string }, b: { readonly key: string }): number =>
  a.key < b.key ? -1 : Number(a.key > b.key);

/** Largest source first; ties by identity, so that the order of rules never matters. */
export const largestFirst = (reaches: readonly Reach[]): readonly Reach[] =>
  reaches
    .map((reach) => ({ reach, size: shareOf([reach]), key: ruleKey(reach.rule) }))
    .toSorted((a, b) => b.size - a.size || byKey(a, b))
    .map(({ reach }) => reach);

const portsWide = ({ rule }: Reach): number =>
  Math.max(...PORT_PROTOCOLS.map((protocol) => width([portsOf(rule, protocol) ?? { from: 0, to: -1 }])));

/** Widest range of ports first, then as `largestFirst`. */
export const widestFirst = (reaches: readonly Reach[]): readonly Reach[] =>
  largestFirst(reaches).toSorted((a, b) => portsWide(b) - portsWide(a));
