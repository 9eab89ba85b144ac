import type { Opening, RemovalOrder, RuleExposure, WideQuestion } from '../model/exposure.ts';
import type { Freshness } from '../model/finding.ts';
import type { Direction, Rule } from '../model/rule.ts';
import { type AxisRange, askedRanges, portsOn } from './axis.ts';
import { cidrsOf } from './block.ts';
import { BITS, type Family, familyOf } from './cidr.ts';
import { worldScale } from './measure.ts';
import { PORT_PROTOCOLS, portsOf, width } from './ports.ts';
import { prefixShare } from './prefix-share.ts';
import { couldBeWide, isInner, wideScale } from './private-space.ts';
import { isPublic, largestFirst, type Reach, reachesOf, widestSourceFirst } from './reach.ts';
import { type Place, type Placed, placed, rulesToRemove } from './removal.ts';
import { exposedSegments, type Prepared, prepare, type Segment, shareOf } from './segments.ts';
import type { World } from './trusted-space.ts';
import type { Work } from './work.ts';

/** The part of an exposed segment that a question is about. */
interface AskedSegment extends Place {
  readonly segment: Segment;
  readonly ranges: readonly AxisRange[];
}

/** What is exposed, and the rules behind it in the order of removal. */
interface Exposed {
  readonly prepared: Prepared;
  readonly asked: readonly AskedSegment[];
  readonly ranked: readonly Placed[];
  readonly allowed: number;
}

/** The rules of one direction, read and swept once for all questions. */
interface Swept {
  readonly prepared: Prepared;
  readonly segments: readonly Segment[];
  /** Largest source first. */
  readonly ranked: readonly Reach[];
}

type Bound = Readonly<Record<Family, number>>;

/** Below the threshold by more than floating-point sums of a million sources err. */
const NEARLY = 0.999_999;

/**
 * The exposure of some rules: of one group, or of all groups of a network interface together.
 *
 * @param fresh rules that the change at hand brought
 * @param work counts the steps
 */
export function exposureOf(
  rules: readonly Rule[],
  fresh: ReadonlySet<Rule>,
  world: World,
  work: Work = { steps: 0 },
): RuleExposure {
  let bounds: Readonly<Record<Direction, Bound>> | undefined;
  const swept: Partial<Record<Direction, Swept>> = {};
  const bound = (direction: Direction): Bound => (bounds ??= boundsOf(rules, work))[direction];
  const couldBeWorld = ({ ipv4, ipv6 }: Bound): boolean =>
    ipv4 * 2 ** world.ipv4 >= NEARLY || ipv6 * 2 ** world.ipv6 >= NEARLY;
  return {
    rules,
    world,
    bound,
    openings: (question) => {
      const { direction } = question;
      if (!couldBeWorld(bound(direction))) return [];
      const { prepared, segments, ranked } = (swept[direction] ??= sweep(rules, direction, world, work));
      const asked = askedOf(segments, askedRanges(question.traffic));
      if (asked.length === 0) return [];
      const exposed = {
        prepared,
        asked,
        ranked: ordered(placed(ranked, asked), question.order),
        allowed: question.allowed,
      };
      return openingsOf(rules, fresh, exposed);
    },
    wideOpenings: (question) => {
      if (!couldBeWide(bound('ingress'), question)) return [];
      return wideOpeningsOf(rules, fresh, question, world, work);
    },
    contributing: (ports) => {
      const ranges = askedRanges({ only: ports });
      const reaches = reachesOf(rules, 'ingress', isPublic, world.trusted?.());
      return reaches
        .filter(({ traffic }) => ranges.some(({ from, to }) => from <= traffic.to && traffic.from <= to))
        .map(({ rule }) => rule);
    },
    of: (others, threshold) => exposureOf(others, fresh, threshold === undefined ? world : sixteenthOf(world), work),
  };
}

/** The threshold that a sixteenth of the addresses reaches: an interface has 16 groups at most, so one of them has that much. */
function sixteenthOf(world: World): World {
  return { ...world, ipv4: Math.min(world.ipv4 + 4, BITS.ipv4), ipv6: Math.min(world.ipv6 + 4, BITS.ipv6) };
}

/**
 * Sums of all sources' sizes, as shares of the whole address space: upper bounds of what any union holds. They settle the question
 * for nearly every group without reading an address.
 */
function boundsOf(rules: readonly Rule[], work: Work): Readonly<Record<Direction, Bound>> {
  const sums = { ingress: { ipv4: 0, ipv6: 0 }, egress: { ipv4: 0, ipv6: 0 } };
  for (const { direction, source } of rules) {
    if (source.kind === 'group') continue;
    if (source.kind === 'prefix-list')
      for (const cidr of cidrsOf(source)) sums[direction][familyOf(cidr)] += prefixShare(cidr);
    else sums[direction][source.kind] += prefixShare(source.cidr);
  }
  work.steps += rules.length;
  return sums;
}

function sweep(rules: readonly Rule[], direction: Direction, world: World, work: Work): Swept {
  const reaches = reachesOf(rules, direction, isPublic, world.trusted?.());
  const prepared = prepare(reaches, worldScale(world), work);
  return { prepared, segments: exposedSegments(reaches, prepared), ranked: largestFirst(reaches) };
}

/** Exposed segments as far as they lie in sorted ranges. One pass over both. */
function askedOf(segments: readonly Segment[], ranges: readonly AxisRange[]): readonly AskedSegment[] {
  const asked: AskedSegment[] = [];
  let next = 0;
  for (const segment of segments) {
    while ((ranges[next]?.to ?? Number.POSITIVE_INFINITY) < segment.from) next += 1;
    const common: AxisRange[] = [];
    for (let i = next, range = ranges[i]; range !== undefined && range.from <= segment.to; i += 1, range = ranges[i])
      common.push({ from: Math.max(range.from, segment.from), to: Math.min(range.to, segment.to) });
    if (common.length > 0)
      asked.push({ from: segment.from, to: segment.to, width: width(common), ranges: common, segment });
  }
  return asked;
}

function portsWide({ rule }: Reach): number {
  return Math.max(...PORT_PROTOCOLS.map((protocol) => width([portsOf(rule, protocol) ?? { from: 0, to: -1 }])));
}

/** @param ranked by their source, the largest first: ties stay in that order. */
function ordered(ranked: readonly Placed[], order: RemovalOrder): readonly Placed[] {
  switch (order) {
    case 'largest-source':
      return ranked;
    case 'widest-range':
      return ranked.toSorted((a, b) => portsWide(b.reach) - portsWide(a.reach));
    case 'own-protocol':
      return ranked.toSorted((a, b) => Number(a.reach.rule.protocol === '-1') - Number(b.reach.rule.protocol === '-1'));
    default:
      return order satisfies never;
  }
}

/**
 * The openings, and which rules would have to go: those that the change brought apart from those that were there before.
 *
 * The change answers for its rules on top of what was there, less the rules that would have to go of that anyway. So a harmless rule
 * beside an old opening stays, and small pieces added beside an opening (one that is there to distract, say) still add up.
 */
function openingsOf(rules: readonly Rule[], fresh: ReadonlySet<Rule>, exposed: Exposed): readonly Opening[] {
  const { prepared, asked, ranked, allowed } = exposed;
  const remove = (candidates: readonly Placed[], kept: readonly Placed[]) =>
    rulesToRemove({ prepared, places: asked, candidates, kept, allowed });
  const added = ranked.filter(({ reach }) => fresh.has(reach.rule));
  if (added.length === 0) return openingOf('existing', rules, remove(ranked, []), exposed);
  const before = ranked.filter(({ reach }) => !fresh.has(reach.rule));
  const goneAdded = remove(added, without(before, remove(before, [])));
  const goneBefore = remove(before, without(added, goneAdded));
  return [...openingOf('fresh', rules, goneAdded, exposed), ...openingOf('existing', rules, goneBefore, exposed)];
}

function without(all: readonly Placed[], gone: readonly Placed[]): readonly Placed[] {
  const some = new Set(gone);
  return all.filter((one) => !some.has(one));
}

/** The rules in their own order, and every exposed port in which one of them takes part. */
function openingOf(
  freshness: Freshness,
  rules: readonly Rule[],
  gone: readonly Placed[],
  { asked, prepared }: Exposed,
): readonly Opening[] {
  if (gone.length === 0) return [];
  const named = new Set(gone.map(({ reach }) => reach.rule));
  const theirs = touched(asked, gone);
  const share = shareOf(
    theirs.map(({ segment }) => segment),
    prepared,
  );
  const exposures = PORT_PROTOCOLS.flatMap((protocol) => {
    const own = theirs.filter(({ ranges }) => portsOn(ranges, protocol).length > 0);
    if (own.length === 0) return [];
    const ports = portsOn(
      own.flatMap(({ ranges }) => ranges),
      protocol,
    );
    return [
      {
        protocol,
        ports,
        share: shareOf(
          own.map(({ segment }) => segment),
          prepared,
        ),
      },
    ];
  });
  return [{ freshness, rules: rules.filter((rule) => named.has(rule)), exposures, share }];
}

/** Segments that any of some rules lets through: the rules' first and last segments counted up, in one pass. */
function touched(asked: readonly AskedSegment[], some: readonly Placed[]): readonly AskedSegment[] {
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
  const prepared = prepare(reaches, scale, work);
  const asked = askedOf(exposedSegments(reaches, prepared), askedRanges({ only: question.ports }));
  if (asked.length === 0) return [];
  return openingsOf(rules, fresh, { prepared, asked, ranked: placed(widestSourceFirst(reaches), asked), allowed: 0 });
}
