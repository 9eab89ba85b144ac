import type { WorldThreshold } from '../../domain/control-options.ts';
import type { Direction, Rule } from '../../domain/group.ts';
import { type Family, familyOf, prefixShare } from '../cidr.ts';
import { cidrsOf, type World } from '../public-space.ts';
import type { Work } from './range-trees.ts';

/** Below 1 by more than the rounding error of a sum of a million sources. */
export const NEARLY_ONE = 0.999_999;

/**
 * What is known about the sources of one direction before any address is parsed: shares of the address space.
 */
export interface SourceBound extends Record<Family, number> {
  /** Number of sources that are a whole address space. */
  readonly whole: Record<Family, number>;
  /** Whether all sources together are certainly below the threshold. */
  isBelow: boolean;
  /** Number of rules whose source is not a group. */
  sources: number;
  /** The last rule whose source is not a group. */
  last: Rule | undefined;
}

/** Whether shares of the address space are certainly below the threshold. */
export function areBelow(ipv4: number, ipv6: number, threshold: WorldThreshold): boolean {
  return ipv4 * 2 ** threshold.ipv4 < NEARLY_ONE && ipv6 * 2 ** threshold.ipv6 < NEARLY_ONE;
}

/**
 * The sums of the sizes of all sources: upper bounds for the size of any union. For nearly every group they
 * show that nothing is world-open, without parsing an address.
 */
export function boundsOf(rules: readonly Rule[], world: World, work: Work): Readonly<Record<Direction, SourceBound>> {
  const bounds = { ingress: noBound(), egress: noBound() };
  for (const rule of rules) {
    const { source } = rule;
    if (source.kind === 'group') continue;
    const bound = bounds[rule.direction];
    if (source.kind === 'prefix-list') for (const cidr of cidrsOf(source)) addTo(bound, familyOf(cidr), cidr);
    else addTo(bound, source.kind, source.cidr);
    bound.sources += 1;
    bound.last = rule;
  }
  for (const bound of [bounds.ingress, bounds.egress]) bound.isBelow = areBelow(bound.ipv4, bound.ipv6, world);
  work.steps += rules.length;
  return bounds;
}

function noBound(): SourceBound {
  return { ipv4: 0, ipv6: 0, whole: { ipv4: 0, ipv6: 0 }, isBelow: true, sources: 0, last: undefined };
}

function addTo(bound: SourceBound, family: Family, cidr: string): void {
  const share = prefixShare(cidr);
  bound[family] += share;
  if (share === 1) bound.whole[family] += 1;
}
