import type { Exposure, Freshness, WorldThreshold } from '../model/control.ts';
import type { Direction, PortSet, Rule } from '../model/rule.ts';
import { type Case, openCases, rulesToRemove } from './closing.ts';
import { exposuresOf } from './exposures.ts';
import { type Judge, judgeOf } from './judge.ts';
import { width } from './ports.ts';
import { type Reach, reachesOf } from './reach.ts';
import { type Segment, segmentsOf } from './segments.ts';

/** World-open ports, and the rules whose removal closes them. */
export interface Opening {
  readonly freshness: Freshness;
  readonly rules: readonly Rule[];
  readonly exposures: readonly Exposure[];
}

/** What to look at, and from where on it is too much. */
export interface Question {
  readonly rules: readonly Rule[];
  /** Rules that the change at hand brought. */
  readonly fresh: ReadonlySet<Rule>;
  readonly direction: Direction;
  readonly world: WorldThreshold;
  readonly ports: PortSet;
  /** World-open ports of the asked-for set that are still fine. */
  readonly allowed: number;
  /** Which rule to remove first. */
  readonly order: (reaches: readonly Reach[]) => readonly Reach[];
}

const split = (segment: Segment, fresh: ReadonlySet<Rule>) => ({
  brought: segment.reaches.filter(({ rule }) => fresh.has(rule)),
  there: segment.reaches.filter(({ rule }) => !fresh.has(rule)),
});

/**
 * The change's part: its rules on top of what was there. Where that was too much already, ports that were open before no longer
 * count for it, and only what the fresh rules open by themselves does: a harmless rule beside an old opening stays.
 */
const freshCases = (segments: readonly Segment[], { fresh, allowed }: Question, judge: Judge): readonly Case[] => {
  const parts = segments.map((segment) => ({ segment, ...split(segment, fresh) }));
  const before = parts.filter(({ there }) => judge.isWorld(there)).map(({ segment }) => segment);
  const wasOpen = new Set(before);
  const wasTooMuch = before.reduce((sum, { ports }) => sum + width([ports]), 0) > allowed;
  return parts.map(({ segment, brought, there }) => ({
    segment,
    candidates: brought,
    kept: wasTooMuch && wasOpen.has(segment) ? [] : there,
  }));
};

const existingCases = (
  segments: readonly Segment[],
  fresh: ReadonlySet<Rule>,
  gone: ReadonlySet<Reach>,
): readonly Case[] =>
  segments.map((segment) => {
    const { brought, there } = split(segment, fresh);
    return { segment, candidates: there, kept: brought.filter((reach) => !gone.has(reach)) };
  });

/** The answer, with its rules in the order of the group's. */
const openingOf = (
  freshness: Freshness,
  all: readonly Rule[],
  gone: ReadonlySet<Reach>,
  cases: readonly Case[],
  judge: Judge,
): readonly Opening[] => {
  if (gone.size === 0) return [];
  const theirs = openCases(cases, judge).filter(({ candidates }) => candidates.some((reach) => gone.has(reach)));
  const exposures = exposuresOf(
    theirs.map(({ segment }) => segment),
    judge,
  );
  const rules = new Set([...gone].map(({ rule }) => rule));
  return [{ freshness, rules: all.filter((rule) => rules.has(rule)), exposures }];
};

/** Segments whose rules stand in the order of removal, so that every later step may rely on it. */
const inOrder = (segments: readonly Segment[], ranked: readonly Reach[]): readonly Segment[] => {
  const place = new Map(ranked.map((reach, i) => [reach, i]));
  const placeOf = (reach: Reach) => place.get(reach) ?? 0;
  return segments.map((segment) => ({
    ...segment,
    reaches: segment.reaches.toSorted((a, b) => placeOf(a) - placeOf(b)),
  }));
};

/**
 * Which of the asked-for ports the world reaches, and which rules would have to go: those that the change brought apart from
 * those that were there. Sources are added up for every port: two halves of the address space are the world.
 */
export const worldOpen = (question: Question): readonly Opening[] => {
  const { rules, fresh, direction, world, ports, allowed, order } = question;
  const reaches = reachesOf(rules, direction);
  if (reaches.length === 0) return [];
  const judge = judgeOf(reaches, world);
  const open = segmentsOf(reaches, ports).filter((segment) => judge.isWorld(segment.reaches));
  if (open.length === 0) return [];
  const ranked = order([...new Set(open.flatMap((segment) => segment.reaches))]);
  const segments = inOrder(open, ranked);
  const ours = freshCases(segments, question, judge);
  const goneFresh = rulesToRemove(ours, ranked, allowed, judge);
  const theirs = existingCases(segments, fresh, goneFresh);
  const goneExisting = rulesToRemove(theirs, ranked, allowed, judge);
  return [
    ...openingOf('fresh', rules, goneFresh, ours, judge),
    ...openingOf('existing', rules, goneExisting, theirs, judge),
  ];
};
