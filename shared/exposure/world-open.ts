import type { Exposure, Freshness } from '../model/finding.ts';
import type { WorldThreshold } from '../model/options.ts';
import type { Direction, PortSet, Rule } from '../model/rule.ts';
import { type Case, rulesToRemove } from './closing.ts';
import { exposuresOf } from './exposures.ts';
import type { Judge } from './judge.ts';
import { exposuresAlone } from './lone-rule.ts';
import { width } from './ports.ts';
import { type Prepared, prepare } from './prepared.ts';
import type { Reach } from './reach.ts';
import { couldBeWorld } from './screen.ts';
import { type Segment, segmentsOf } from './segments.ts';

/** World-open ports, and the rules whose removal closes them. */
export interface Opening {
  readonly freshness: Freshness;
  readonly rules: readonly Rule[];
  readonly exposures: readonly Exposure[];
}

/** What to look at, and from where on it is too much. */
export interface Asked {
  readonly rules: readonly Rule[];
  /** Rules that the change at hand brought. */
  readonly fresh: ReadonlySet<Rule>;
  readonly ports: PortSet;
  /** World-open ports of the asked-for set that are still fine. */
  readonly allowed: number;
  /** Which rule to remove first. */
  readonly order: (reaches: readonly Reach[]) => readonly Reach[];
}

/** The same, asked about the world. */
export interface Question extends Asked {
  readonly direction: Direction;
  readonly world: WorldThreshold;
}

const split = (segment: Segment, fresh: ReadonlySet<Rule>) => ({
  brought: segment.reaches.filter(({ rule }) => fresh.has(rule)),
  there: segment.reaches.filter(({ rule }) => !fresh.has(rule)),
});

/**
 * The change's part: its rules on top of what was there, less what would have to go of that anyway. So a harmless rule beside an
 * old opening stays, and small pieces added beside an opening (one that is there to distract, say) still add up to the world.
 */
const freshCases = (
  segments: readonly Segment[],
  ranked: readonly Reach[],
  { fresh, allowed }: Asked,
  judge: Judge,
): readonly Case[] => {
  const parts = segments.map((segment) => ({ segment, ...split(segment, fresh) }));
  const before = parts.map(({ segment, there }) => ({ segment, candidates: there, kept: [] }));
  const doomed = rulesToRemove(before, ranked, allowed, judge);
  return parts.map(({ segment, brought, there }) => ({
    segment,
    candidates: brought,
    kept: there.filter((reach) => !doomed.has(reach)),
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

/** The answer: its rules in the order of the group's, and every open port that they have a part in. */
const openingOf = (
  freshness: Freshness,
  { rules }: Asked,
  gone: ReadonlySet<Reach>,
  open: readonly Segment[],
  judge: Judge,
): readonly Opening[] => {
  if (gone.size === 0) return [];
  const going = new Set([...gone].map(({ rule }) => rule));
  const theirs = open.filter(({ reaches }) => reaches.some((reach) => gone.has(reach)));
  return [{ freshness, rules: rules.filter((rule) => going.has(rule)), exposures: exposuresOf(theirs, judge) }];
};

/** Segments whose rules stand in the order of removal, so that every later step may rely on it. */
const inOrder = (segments: readonly Segment[], ranked: readonly Reach[]): readonly Segment[] => {
  const place = new Map(ranked.map((reach, i) => [reach, i]));
  const placeOf = (reach: Reach) => Number(place.get(reach));
  return segments.map((segment) => ({
    ...segment,
    reaches: segment.reaches.toSorted((a, b) => placeOf(a) - placeOf(b)),
  }));
};

/** One rule alone goes if it opens more than is allowed: there is nothing to weigh. Nearly every opening is of this kind. */
const openingOfOne = (only: Reach, open: readonly Segment[], asked: Asked, judge: Judge): readonly Opening[] => {
  const ports = open.reduce((sum, segment) => sum + width([segment.ports]), 0);
  if (ports <= asked.allowed) return [];
  const exposures = exposuresOf(open, judge);
  return [{ freshness: asked.fresh.has(only.rule) ? 'fresh' : 'existing', rules: [only.rule], exposures }];
};

/** What goes of the change's rules where it brought none, as in a sweep. */
const NOTHING: ReadonlySet<Reach> = new Set();

/**
 * Which of the asked-for ports the judge calls open, and which rules would have to go: those that the change brought apart from
 * those that were there. Sources are added up for every port.
 */
export const openingsBy = (asked: Asked, reaches: readonly Reach[], judge: Judge): readonly Opening[] => {
  const { fresh, ports, allowed, order } = asked;
  const open = segmentsOf(reaches, ports).filter((segment) => judge.isWorld(segment.reaches));
  if (open.length === 0) return [];
  const guilty = new Set(open.flatMap((segment) => segment.reaches));
  const [only] = guilty;
  if (only !== undefined && guilty.size === 1) return openingOfOne(only, open, asked, judge);
  const ranked = order([...guilty]);
  const segments = inOrder(open, ranked);
  const goneFresh =
    fresh.size === 0 ? NOTHING : rulesToRemove(freshCases(segments, ranked, asked, judge), ranked, allowed, judge);
  const theirs = existingCases(segments, fresh, goneFresh);
  const goneExisting = rulesToRemove(theirs, ranked, allowed, judge);
  return [
    ...openingOf('fresh', asked, goneFresh, segments, judge),
    ...openingOf('existing', asked, goneExisting, segments, judge),
  ];
};

/** The answer where one rule alone names public addresses. */
const openingAlone = (
  only: Reach,
  prepared: Prepared,
  { ports, allowed, fresh, world }: Question,
): readonly Opening[] => {
  const exposures = exposuresAlone(only, prepared, ports, world);
  const open = exposures.reduce((sum, exposure) => sum + width(exposure.ports), 0);
  if (open <= allowed) return [];
  return [{ freshness: fresh.has(only.rule) ? 'fresh' : 'existing', rules: [only.rule], exposures }];
};

/** Which of the asked-for ports the world reaches, and which rules would have to go: two halves of the address space are the world. */
export const worldOpen = (question: Question): readonly Opening[] => {
  if (!couldBeWorld(question.rules, question.direction, question.world)) return [];
  const prepared = prepare(question.rules, question.direction, question.world);
  const [only, ...others] = prepared.reaches;
  if (only === undefined) return [];
  return others.length === 0
    ? openingAlone(only, prepared, question)
    : openingsBy(question, prepared.reaches, prepared.judge);
};
