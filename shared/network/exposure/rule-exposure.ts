import type {
  ExposureQuestion,
  Freshness,
  Opening,
  RemovalOrder,
  RuleExposure,
  WideQuestion,
} from '../../domain/finding.ts';
import type { Direction, PortSet, Rule } from '../../domain/group.ts';
import { BITS } from '../cidr.ts';
import { countPorts, PORT_PROTOCOLS } from '../ports.ts';
import type { World } from '../public-space.ts';
import { areBelow, boundsOf, type SourceBound } from './bounds.ts';
import { type LoneOpening, LoneOpenings } from './lone-openings.ts';
import { worldScale } from './measure.ts';
import { couldBeWide, isInner, wideScale } from './private-space.ts';
import type { Work } from './range-trees.ts';
import {
  type AxisRange,
  askedRanges,
  isPublic,
  largestFirst,
  portsOn,
  portsWide,
  protocolAt,
  type Reach,
  reachesOf,
  widestSourceFirst,
} from './reach.ts';
import { type QuestionSegment, type RuleSpan, rulesToRemove, spansOf } from './removal.ts';
import { type AxisSweep, type PreparedRules, type Segment, shareOf, sweepAxis } from './segments.ts';

/** The part of an exposed segment that a question is about. */
interface AskedSegment extends QuestionSegment {
  readonly segment: Segment;
  readonly ranges: readonly AxisRange[];
}

/** What is exposed, and the rules that cause it in the order of removal. */
interface ExposedTraffic {
  readonly prepared: PreparedRules;
  readonly asked: readonly AskedSegment[];
  readonly ranked: readonly RuleSpan[];
  readonly allowed: number;
}

/** The rules of one direction, parsed and swept once for all questions. */
interface DirectionSweep extends AxisSweep {
  /** Largest source first. */
  readonly ranked: readonly Reach[];
}

/** What evaluations under one policy share. The caller owns it. */
export interface EvaluationMemory {
  /** Counts the steps. */
  readonly work: Work;
  readonly lone: LoneOpenings;
}

/**
 * The exposure of some rules: of one group, or of all groups of a network interface together.
 *
 * @param fresh rules that the change at hand brought
 * @param memory of one world
 */
export function exposureOf(
  rules: readonly Rule[],
  fresh: ReadonlySet<Rule>,
  world: World,
  memory: EvaluationMemory = { work: { steps: 0 }, lone: new LoneOpenings() },
): RuleExposure {
  return new SweptExposure(rules, fresh, world, memory);
}

/** A class, since four are made for each group of a sweep: one object costs less than five functions. */
class SweptExposure implements RuleExposure {
  readonly rules: readonly Rule[];
  readonly world: World;
  readonly #fresh: ReadonlySet<Rule>;
  readonly #memory: EvaluationMemory;
  #bounds: Readonly<Record<Direction, SourceBound>> | undefined;
  #ingress: DirectionSweep | undefined;
  #egress: DirectionSweep | undefined;

  constructor(rules: readonly Rule[], fresh: ReadonlySet<Rule>, world: World, memory: EvaluationMemory) {
    this.rules = rules;
    this.world = world;
    this.#fresh = fresh;
    this.#memory = memory;
  }

  bound(direction: Direction): SourceBound {
    this.#bounds ??= boundsOf(this.rules, this.world, this.#memory.work);
    return this.#bounds[direction];
  }

  openings(question: ExposureQuestion): readonly Opening[] {
    const { isBelow, sources, last } = this.bound(question.direction);
    if (isBelow) return [];
    if (sources > 1 || last === undefined) return openingsOf(this.rules, this.#fresh, this.#exposedTo(question));
    const { lone } = this.#memory;
    const only = lone.of(last, question.traffic, () => openingOfOne(this.#exposedTo(question)));
    if (only.width <= question.allowed) return [];
    const freshness = this.#fresh.has(last) ? 'fresh' : 'existing';
    return [{ freshness, rules: [last], exposures: only.exposures, share: only.share }];
  }

  mayAddUp(): boolean {
    const { ipv4, ipv6, whole } = this.bound('ingress');
    return !areBelow(ipv4 - whole.ipv4, ipv6 - whole.ipv6, sixteenthOf(this.world));
  }

  wideOpenings(question: WideQuestion): readonly Opening[] {
    if (!couldBeWide(this.bound('ingress'), question)) return [];
    return wideOpeningsOf(this.rules, this.#fresh, question, this.world, this.#memory.work);
  }

  contributing(ports: PortSet): readonly Rule[] {
    const ranges = askedRanges({ only: ports });
    return reachesOf(this.rules, 'ingress', isPublic, this.world.trusted?.())
      .filter(({ traffic }) => ranges.some(({ from, to }) => from <= traffic.to && traffic.from <= to))
      .map(({ rule }) => rule);
  }

  of(rules: readonly Rule[], threshold?: 'sixteenth'): RuleExposure {
    if (threshold === undefined) return exposureOf(rules, this.#fresh, this.world, this.#memory);
    const { work, lone } = this.#memory;
    return exposureOf(rules, this.#fresh, sixteenthOf(this.world), { work, lone: lone.ofSixteenth });
  }

  #exposedTo({ direction, traffic, order, allowed }: ExposureQuestion): ExposedTraffic {
    const { prepared, segments, ranked } = this.#swept(direction);
    const asked = segments.length === 0 ? [] : askedOf(segments, askedRanges(traffic));
    if (asked.length === 0) return { prepared, asked, ranked: [], allowed };
    return { prepared, asked, ranked: ordered(spansOf(ranked, asked), order), allowed };
  }

  #swept(direction: Direction): DirectionSweep {
    const sweepNow = () => sweepDirection(this.rules, direction, this.world, this.#memory.work);
    return direction === 'ingress' ? (this.#ingress ??= sweepNow()) : (this.#egress ??= sweepNow());
  }
}

/**
 * A sixteenth of the threshold. If the groups of an interface, at most 16, reach the threshold, one of them
 * reaches this.
 */
function sixteenthOf(world: World): World {
  return { ...world, ipv4: Math.min(world.ipv4 + 4, BITS.ipv4), ipv6: Math.min(world.ipv6 + 4, BITS.ipv6) };
}

function sweepDirection(rules: readonly Rule[], direction: Direction, world: World, work: Work): DirectionSweep {
  const reaches = reachesOf(rules, direction, isPublic, world.trusted?.());
  return {
    ...sweepAxis(reaches, worldScale(world), work),
    ranked: reaches.length > 1 ? largestFirst(reaches) : reaches,
  };
}

/** The parts of exposed segments that lie in sorted ranges. One pass over both. */
function askedOf(segments: readonly Segment[], ranges: readonly AxisRange[]): readonly AskedSegment[] {
  const asked: AskedSegment[] = [];
  let next = 0;
  for (const segment of segments) {
    while ((ranges[next]?.to ?? Number.POSITIVE_INFINITY) < segment.from) next += 1;
    const common: AxisRange[] = [];
    for (let i = next, range = ranges[i]; range !== undefined && range.from <= segment.to; i += 1, range = ranges[i])
      common.push({ from: Math.max(range.from, segment.from), to: Math.min(range.to, segment.to) });
    if (common.length > 0)
      asked.push({ from: segment.from, to: segment.to, width: countPorts(common), ranges: common, segment });
  }
  return asked;
}

/** @param ranked by source, the largest first. Ties keep this order. */
function ordered(ranked: readonly RuleSpan[], order: RemovalOrder): readonly RuleSpan[] {
  switch (order) {
    case 'largest-source':
      return ranked;
    case 'widest-range':
      return ranked.toSorted((a, b) => portsWide(b.reach.traffic) - portsWide(a.reach.traffic));
    case 'own-protocol':
      return ranked.toSorted((a, b) => Number(a.reach.rule.protocol === '-1') - Number(b.reach.rule.protocol === '-1'));
    default:
      return order satisfies never;
  }
}

/**
 * The openings with the rules to remove, separately for added and existing rules.
 *
 * Added rules are evaluated together with the existing rules, but without the existing rules that have to be
 * removed anyway. So a harmless rule that is added beside an old opening stays. Small parts that are added
 * beside an opening, for example beside a decoy, still add up.
 */
function openingsOf(rules: readonly Rule[], fresh: ReadonlySet<Rule>, exposed: ExposedTraffic): readonly Opening[] {
  const { prepared, asked, ranked, allowed } = exposed;
  const [only, ...others] = ranked;
  if (only === undefined) return [];
  if (others.length === 0) {
    const freshness = fresh.has(only.reach.rule) ? 'fresh' : 'existing';
    return widthOf(asked) > allowed ? openingOf(freshness, rules, ranked, exposed) : [];
  }
  const remove = (candidates: readonly RuleSpan[], kept: readonly RuleSpan[]) =>
    rulesToRemove({ prepared, segments: asked, candidates, kept, allowed });
  const added = ranked.filter(({ reach }) => fresh.has(reach.rule));
  if (added.length === 0) return openingOf('existing', rules, remove(ranked, []), exposed);
  const existing = ranked.filter(({ reach }) => !fresh.has(reach.rule));
  const removedAdded = remove(added, without(existing, remove(existing, [])));
  const removedExisting = remove(existing, without(added, removedAdded));
  return [
    ...openingOf('fresh', rules, removedAdded, exposed),
    ...openingOf('existing', rules, removedExisting, exposed),
  ];
}

function widthOf(segments: readonly QuestionSegment[]): number {
  return segments.reduce((sum, segment) => sum + segment.width, 0);
}

function without(all: readonly RuleSpan[], removed: readonly RuleSpan[]): readonly RuleSpan[] {
  const some = new Set(removed);
  return all.filter((one) => !some.has(one));
}

/** The removed rules in the order of the group, and every exposed port that one of them opens. */
function openingOf(
  freshness: Freshness,
  rules: readonly Rule[],
  removed: readonly RuleSpan[],
  { asked, prepared }: ExposedTraffic,
): readonly Opening[] {
  if (removed.length === 0) return [];
  const named = new Set(removed.map(({ reach }) => reach.rule));
  return [
    {
      freshness,
      rules: rules.filter((rule) => named.has(rule)),
      ...exposureIn(segmentsOfSpans(asked, removed), prepared),
    },
  ];
}

/** What the only rule of a direction opens. */
function openingOfOne({ asked, prepared }: ExposedTraffic): LoneOpening {
  return { ...exposureIn(asked, prepared), width: widthOf(asked) };
}

/** The ports of some segments by protocol, each with the largest share that reaches one of them. */
function exposureIn(asked: readonly AskedSegment[], prepared: PreparedRules): Pick<Opening, 'exposures' | 'share'> {
  const exposures = PORT_PROTOCOLS.flatMap((protocol) => {
    const own = asked.filter(({ from }) => protocolAt(from) === protocol);
    if (own.length === 0) return [];
    const ports = portsOn(
      own.flatMap(({ ranges }) => ranges),
      protocol,
    );
    return [{ protocol, ports, share: shareOf(segmentsOf(own), prepared) }];
  });
  return { exposures, share: shareOf(segmentsOf(asked), prepared) };
}

function segmentsOf(asked: readonly AskedSegment[]): readonly Segment[] {
  return asked.map(({ segment }) => segment);
}

/**
 * The segments that any of some rules opens. One pass that adds 1 where a rule begins and subtracts 1 where
 * it ends.
 */
function segmentsOfSpans(asked: readonly AskedSegment[], some: readonly RuleSpan[]): readonly AskedSegment[] {
  const changes = new Int32Array(asked.length + 1);
  for (const { from, to } of some) {
    changes[from] = (changes[from] ?? 0) + 1;
    changes[to] = (changes[to] ?? 0) - 1;
  }
  let depth = 0;
  return asked.filter((_, index) => {
    depth += changes[index] ?? 0;
    return depth > 0;
  });
}

function wideOpeningsOf(
  rules: readonly Rule[],
  fresh: ReadonlySet<Rule>,
  question: WideQuestion,
  world: World,
  work: Work,
): readonly Opening[] {
  const scale = wideScale(question);
  const reaches = reachesOf(rules, 'ingress', isInner(question.vpcCidrs, world));
  const { prepared, segments } = sweepAxis(reaches, scale, work);
  const asked = askedOf(segments, askedRanges({ only: question.ports }));
  return openingsOf(rules, fresh, { prepared, asked, ranked: spansOf(widestSourceFirst(reaches), asked), allowed: 0 });
}
