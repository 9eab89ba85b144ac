import type { Judge } from './judge.ts';
import { width } from './ports.ts';
import type { Reach } from './reach.ts';
import type { Segment } from './segments.ts';

/** A run of ports with the rules that may be removed from it and the ones that stay. */
export interface Case {
  readonly segment: Segment;
  /** In the order of removal. */
  readonly candidates: readonly Reach[];
  readonly kept: readonly Reach[];
}

/** Cases whose ports the world reaches. */
export const openCases = (cases: readonly Case[], judge: Judge): readonly Case[] =>
  cases.filter(({ kept, candidates }) => judge.isWorld([...kept, ...candidates]));

/** Number of ports in some cases. */
const widthOf = (cases: Iterable<Case>): number =>
  [...cases].reduce((sum, { segment }) => sum + width([segment.ports]), 0);

/** How many of a case's candidates have to go, in order, before it is closed. What is open only shrinks, so halving finds it. */
const depthOf = ({ kept, candidates }: Case, judge: Judge): number => {
  let closed = candidates.length;
  let open = 0;
  while (open < closed) {
    const middle = (open + closed) >> 1;
    if (judge.isWorld([...kept, ...candidates.slice(middle)])) open = middle + 1;
    else closed = middle;
  }
  return closed;
};

interface Closing {
  readonly one: Case;
  /** Candidates that go before it is closed. */
  readonly doomed: readonly Reach[];
  /** Place of the last of them in the order of removal. */
  readonly closedAt: number;
}

/**
 * Goes through the candidates in order and removes each that is in a case still open, until no more than `allowed` ports are.
 *
 * A case is open until its first few candidates are gone, whatever happens in others, so each is looked at by itself with
 * O(log n) judgements.
 */
const removeInOrder = (
  cases: readonly Case[],
  order: readonly Reach[],
  allowed: number,
  judge: Judge,
): ReadonlySet<Reach> => {
  const place = new Map(order.map((reach, i) => [reach, i]));
  const placeOf = (reach: Reach | undefined) => (reach === undefined ? -1 : (place.get(reach) ?? -1));
  const open = openCases(cases, judge);
  const closable = open.filter(({ kept }) => !judge.isWorld(kept));
  const closings = closable.map((one): Closing => {
    const doomed = one.candidates.slice(0, depthOf(one, judge));
    return { one, doomed, closedAt: placeOf(doomed.at(-1)) };
  });
  let rest = widthOf(open);
  let end = -1;
  for (const { one, closedAt } of closings.toSorted((a, b) => a.closedAt - b.closedAt)) {
    if (rest <= allowed) break;
    rest -= width([one.segment.ports]);
    end = closedAt;
  }
  return new Set(closings.flatMap(({ doomed }) => doomed.filter((reach) => placeOf(reach) <= end)));
};

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

/** Takes back, last removed first, every removal that later ones made unnecessary. */
const takeBack = (
  cases: readonly Case[],
  removed: ReadonlySet<Reach>,
  allowed: number,
  judge: Judge,
): ReadonlySet<Reach> => {
  const gone = new Set(removed);
  const isOpen = ({ kept, candidates }: Case) =>
    judge.isWorld([...kept, ...candidates.filter((one) => !gone.has(one))]);
  const index = casesByReach(cases);
  const open = new Set(cases.filter(isOpen));
  let total = widthOf(open);
  for (const reach of [...removed].toReversed()) {
    gone.delete(reach);
    const reopened: Case[] = [];
    let more = 0;
    for (const one of index.get(reach) ?? []) {
      if (open.has(one) || !isOpen(one)) continue;
      reopened.push(one);
      more += width([one.segment.ports]);
      if (total + more > allowed) break;
    }
    if (total + more > allowed) gone.add(reach);
    else {
      total += more;
      for (const one of reopened) open.add(one);
    }
  }
  return gone;
};

/**
 * The rules to remove, in the given order, until the world reaches no more than `allowed` ports of the cases.
 * The answer is irredundant: put any one of its rules back and the limit is passed.
 */
export const rulesToRemove = (
  cases: readonly Case[],
  order: readonly Reach[],
  allowed: number,
  judge: Judge,
): ReadonlySet<Reach> => takeBack(cases, removeInOrder(cases, order, allowed, judge), allowed, judge);
