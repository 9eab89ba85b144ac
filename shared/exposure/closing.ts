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
const openCases = (cases: readonly Case[], judge: Judge): readonly Case[] =>
  cases.filter(({ kept, candidates }) => judge.isWorld([...kept, ...candidates]));

/** Number of ports in some cases. */
const widthOf = (cases: readonly Case[]): number => cases.reduce((sum, { segment }) => sum + width([segment.ports]), 0);

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
  const place = new Map<Reach | undefined, number>(order.map((reach, i) => [reach, i]));
  const placeOf = (reach: Reach | undefined) => Number(place.get(reach));
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

/** A case with what is left of its rules. */
interface Rest {
  readonly one: Case;
  readonly reaches: Reach[];
}

/** For each removed rule, the last removed first, what is left of the cases that it was removed from. */
const byRemoved = (rests: readonly Rest[], removed: ReadonlySet<Reach>): ReadonlyMap<Reach, readonly Rest[]> => {
  const index = new Map([...removed].toReversed().map((reach): [Reach, Rest[]] => [reach, []]));
  for (const rest of rests) for (const reach of rest.one.candidates) index.get(reach)?.push(rest);
  return index;
};

/** What would be open again with a rule put back; counted no further than the limit. */
const reopenedBy = (reach: Reach, rests: readonly Rest[], room: number, judge: Judge): readonly Rest[] => {
  const reopened: Rest[] = [];
  let ports = 0;
  for (const rest of rests) {
    if (!judge.isWorld([...rest.reaches, reach])) continue;
    reopened.push(rest);
    ports += width([rest.one.segment.ports]);
    if (ports > room) break;
  }
  return reopened;
};

/** Takes back, last removed first, every removal that later ones made unnecessary. */
const takeBack = (
  cases: readonly Case[],
  removed: ReadonlySet<Reach>,
  allowed: number,
  judge: Judge,
): ReadonlySet<Reach> => {
  const gone = new Set(removed);
  const rests = cases.map((one): Rest => {
    return { one, reaches: [...one.kept, ...one.candidates.filter((reach) => !gone.has(reach))] };
  });
  const open = new Set(rests.filter(({ reaches }) => judge.isWorld(reaches)));
  let room = allowed - widthOf(Array.from(open, ({ one }) => one));
  for (const [reach, theirs] of byRemoved(rests, removed)) {
    const closed = theirs.filter((rest) => !open.has(rest));
    const reopened = reopenedBy(reach, closed, room, judge);
    const ports = widthOf(reopened.map(({ one }) => one));
    if (reopened.length > 0 && ports > room) continue;
    gone.delete(reach);
    room -= ports;
    for (const rest of reopened) open.add(rest);
    for (const { reaches } of theirs) reaches.push(reach);
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
