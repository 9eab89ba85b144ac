import type { WorldThreshold } from '../model/control.ts';
import { width } from './ports.ts';
import { isWorld, type Reach } from './reach.ts';
import type { Segment } from './segments.ts';

/** A run of ports with the rules that may be removed from it and the ones that stay. */
export interface Case {
  readonly segment: Segment;
  readonly candidates: readonly Reach[];
  readonly kept: readonly Reach[];
}

/** Cases whose ports the world reaches. */
export const openCases = (cases: readonly Case[], world: WorldThreshold): readonly Case[] =>
  cases.filter(({ kept, candidates }) => isWorld([...kept, ...candidates], world));

/** Number of ports in some cases. */
export const widthOf = (cases: Iterable<Case>): number =>
  [...cases].reduce((sum, { segment }) => sum + width([segment.ports]), 0);

const casesByReach = (cases: readonly Case[]): ReadonlyMap<Reach, readonly Case[]> => {
  const index = new Map<Reach, Case[]>();
  for (const one of cases) {
    for (const reach of one.candidates) {
      const known = index.get(reach);
      if (known === undefined) index.set(reach, [one]);
      else known.push(one);
    }
  }
  return index;
};

/**
 * The rules to remove, in the given order, until the world reaches no more than `allowed` ports of the cases.
 *
 * A second pass in the opposite order takes back every removal that later ones made unnecessary, so the answer is irredundant:
 * put any one of its rules back and the limit is passed. Only the cases a rule is in are judged again: for n rules and s cases
 * it takes O(n × s) judgements at worst, and O(n + s) where the rules' ports are disjoint.
 */
export const rulesToRemove = (
  cases: readonly Case[],
  order: readonly Reach[],
  allowed: number,
  world: WorldThreshold,
): ReadonlySet<Reach> => {
  const index = casesByReach(cases);
  const gone = new Set<Reach>();
  const open = new Set(openCases(cases, world));
  let total = widthOf(open);
  const isOpen = ({ kept, candidates }: Case) =>
    isWorld([...kept, ...candidates.filter((one) => !gone.has(one))], world);
  const casesOf = (reach: Reach) => index.get(reach) ?? [];

  for (const reach of order) {
    if (total <= allowed) break;
    if (!casesOf(reach).some((one) => open.has(one))) continue;
    gone.add(reach);
    for (const one of casesOf(reach)) if (open.has(one) && !isOpen(one)) open.delete(one);
    total = widthOf(open);
  }
  for (const reach of [...gone].toReversed()) {
    gone.delete(reach);
    const reopened = casesOf(reach).filter((one) => !open.has(one) && isOpen(one));
    if (total + widthOf(reopened) > allowed) gone.add(reach);
    else for (const one of reopened) open.add(one);
    total = widthOf(open);
  }
  return gone;
};
