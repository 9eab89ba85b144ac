import type { AddressBlock } from '../public-space.ts';
import { Coverage } from './coverage.ts';
import type { Measure, Scale } from './measure.ts';
import type { Work } from './range-trees.ts';
import { AXIS_CUTS, type AxisRange, type Reach } from './reach.ts';

/** A range of traffic that is exposed and that the same rules open. */
export interface Segment extends AxisRange {
  /** Covered addresses by measure. */
  readonly covered: readonly bigint[];
}

/** Rules with the trees of their blocks. */
export interface PreparedRules {
  readonly reaches: readonly Reach[];
  readonly measures: readonly Measure[];
  /** One for each measure. Empty for a single block, which needs no tree. */
  readonly coverages: readonly Coverage[];
  /** Rules with a block that is an exposure by itself. */
  readonly enough: ReadonlySet<Reach>;
  readonly work: Work;
}

/** Reads rules into trees, one for each measure: O(n log n). */
export function prepare(reaches: readonly Reach[], scale: Scale, work: Work): PreparedRules {
  const measures = scale.measures.filter(({ family }) =>
    reaches.some(({ blocks }) => blocks.some((block) => block.family === family)),
  );
  return {
    reaches,
    measures,
    coverages: measures.map((measure) => new Coverage(reaches, measure, work)),
    enough: new Set(reaches.filter(({ blocks }) => blocks.some(scale.isEnough))),
    work,
  };
}

/** The rules of one direction with the traffic that they expose. */
export interface AxisSweep {
  readonly prepared: PreparedRules;
  readonly segments: readonly Segment[];
}

/** Prepares rules and finds what they expose. */
export function sweepAxis(reaches: readonly Reach[], scale: Scale, work: Work): AxisSweep {
  const [only, ...others] = reaches;
  const [block, ...more] = only?.blocks ?? [];
  if (only !== undefined && block !== undefined && others.length + more.length === 0)
    return sweepOneBlock(only, block, scale, work);
  const prepared = prepare(reaches, scale, work);
  return { prepared, segments: exposedSegments(reaches, prepared) };
}

/**
 * The same for one rule with one block, without trees. Nearly every group has such a rule outbound, which
 * took most of the evaluation time.
 */
function sweepOneBlock(reach: Reach, block: AddressBlock, { measures, isEnough }: Scale, work: Work): AxisSweep {
  const own = measures.filter(({ family, watched }) => family === block.family && watched.length === 0);
  const covered = own.map(({ sizeOf }) => sizeOf(block));
  const isExposed = isEnough(block) || own.some(({ limit }, i) => limit !== undefined && (covered[i] ?? 0n) >= limit);
  const segments: Segment[] = [];
  let { from } = reach.traffic;
  for (const cut of isExposed ? [...AXIS_CUTS, Number.POSITIVE_INFINITY] : []) {
    const to = Math.min(cut - 1, reach.traffic.to);
    if (from > to) continue;
    segments.push({ from, to, covered });
    from = to + 1;
  }
  work.steps += 1;
  return { prepared: { reaches: [reach], measures: own, coverages: [], enough: new Set(), work }, segments };
}

/** Every position where the set of rules changes, sorted and unique. */
function edgesOf(reaches: readonly Reach[]): Int32Array {
  const edges = new Int32Array(2 * reaches.length + AXIS_CUTS.length);
  let length = 0;
  for (const { traffic } of reaches) {
    edges[length] = traffic.from;
    edges[length + 1] = traffic.to + 1;
    length += 2;
  }
  edges.set(AXIS_CUTS, length);
  return edges.toSorted().filter((edge, i, all) => edge !== all[i - 1]);
}

/** The rules that are present at a position while the position moves up the axis. */
class PresentRules {
  readonly #prepared: PreparedRules;
  readonly #starting: readonly Reach[];
  readonly #ending: readonly Reach[];
  #started = 0;
  #ended = 0;
  #enough = 0;

  constructor(some: readonly Reach[], prepared: PreparedRules) {
    this.#prepared = prepared;
    this.#starting = some.toSorted((a, b) => a.traffic.from - b.traffic.from);
    this.#ending = some.toSorted((a, b) => a.traffic.to - b.traffic.to);
  }

  get isExposed(): boolean {
    return this.#enough > 0 || this.#prepared.coverages.some(({ isExposed }) => isExposed);
  }

  moveTo(position: number): void {
    const { coverages, enough, work } = this.#prepared;
    work.steps += 1;
    for (let one = this.#ending[this.#ended]; one !== undefined && one.traffic.to < position; ) {
      for (const coverage of coverages) coverage.remove(one);
      if (enough.has(one)) this.#enough -= 1;
      this.#ended += 1;
      one = this.#ending[this.#ended];
    }
    for (let one = this.#starting[this.#started]; one !== undefined && one.traffic.from <= position; ) {
      for (const coverage of coverages) coverage.add(one);
      if (enough.has(one)) this.#enough += 1;
      this.#started += 1;
      one = this.#starting[this.#started];
    }
  }
}

/**
 * The exposed traffic of some of the prepared rules, cut where the set of rules changes.
 *
 * A sweep-line algorithm: it adds each rule once and removes it once, in O(depth of the prefix tree), instead
 * of calculating the union for each segment. The sorting makes it O(n log n). No rule is present before and
 * after.
 */
export function exposedSegments(some: readonly Reach[], prepared: PreparedRules): readonly Segment[] {
  const present = new PresentRules(some, prepared);
  const segments: Segment[] = [];
  const edges = edgesOf(some);
  for (const [i, from] of edges.entries()) {
    present.moveTo(from);
    const next = edges[i + 1];
    if (next === undefined || !present.isExposed) continue;
    segments.push({ from, to: next - 1, covered: prepared.coverages.map(({ covered }) => covered) });
  }
  return segments;
}

/** The largest share of the measured addresses that reaches any of some segments, 0–1. */
export function shareOf(segments: readonly Segment[], { measures }: PreparedRules): number {
  let share = 0;
  for (const [i, measure] of measures.entries()) {
    let largest = 0n;
    for (const { covered } of segments) if ((covered[i] ?? 0n) > largest) largest = covered[i] ?? 0n;
    share = Math.max(share, measure.shareOf(largest));
  }
  return share;
}
