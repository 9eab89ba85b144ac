import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ingress } from '../../shared/controls/parts/documentation.ts';
import type { Rule } from '../../shared/domain/group.ts';
import { worldScale } from '../../shared/network/exposure/measure.ts';
import { isPublic, largestFirst, type Reach, reachesOf } from '../../shared/network/exposure/reach.ts';
import { type QuestionSegment, type RuleSpan, rulesToRemove, spansOf } from '../../shared/network/exposure/removal.ts';
import { exposedSegments, prepare } from '../../shared/network/exposure/segments.ts';

const WORLD = { ipv4: 8, ipv6: 16 };

/**
 * Blocks of 64.0.0.0/6 and 2600::/14 with sizes around the threshold, many nested, some the world by
 * themselves.
 */
const cidr = fc.oneof(
  fc
    .tuple(fc.integer({ min: 9, max: 12 }), fc.nat(31))
    .map(([prefix, at]) => `${64 + (at >> 3)}.${(at & 7) * 32}.0.0/${prefix}`),
  fc
    .tuple(fc.integer({ min: 17, max: 19 }), fc.nat(15))
    .map(([prefix, at]) => `260${(at >> 2).toString(16)}:${((at & 3) * 0x4000).toString(16)}::/${prefix}`),
  fc.constantFrom('64.0.0.0/8', '0.0.0.0/0', '172.0.0.0/8'),
);
const rule = fc
  .tuple(
    fc.array(cidr, { minLength: 1, maxLength: 3 }),
    fc.integer({ min: 1, max: 12 }),
    fc.nat(5),
    fc.constantFrom('tcp', 'tcp', 'udp', '-1'),
    fc.boolean(),
  )
  .map(([cidrs, from, more, protocol, isKept]) => ({ cidrs, from, to: from + more, protocol, isKept }));

interface Problem {
  readonly places: readonly QuestionSegment[];
  readonly candidates: readonly RuleSpan[];
  readonly kept: readonly RuleSpan[];
  readonly allowed: number;
  readonly isExposed: (place: number, rules: readonly RuleSpan[]) => boolean;
  readonly removed: readonly RuleSpan[];
}

function isWithin(place: number, { from, to }: RuleSpan) {
  return from <= place && place < to;
}

function problemOf(rules: readonly Rule[], isKept: (rule: Rule) => boolean, allowed: number): Problem {
  const reaches = largestFirst(reachesOf(rules, 'ingress', isPublic));
  const work = { steps: 0 };
  const prepared = prepare(reaches, worldScale(WORLD), work);
  const places = exposedSegments(reaches, prepared).map(({ from, to }) => ({
    from,
    to,
    width: Math.min(to - from + 1, 9),
  }));
  const all = spansOf(reaches, places);
  const kept = all.filter(({ reach }) => isKept(reach.rule));
  const candidates = all.filter(({ reach }) => !isKept(reach.rule));
  const known = new Map<string, boolean>();
  const isExposed = (place: number, some: readonly RuleSpan[]) => {
    const here = some.filter((one) => isWithin(place, one)).map(({ reach }) => reach);
    const key = here
      .map((reach) => reaches.indexOf(reach))
      .toSorted((a, b) => a - b)
      .join(' ');
    const found = known.get(key) ?? isWorld(here);
    known.set(key, found);
    return found;
  };
  const removed = rulesToRemove({ prepared, segments: places, candidates, kept, allowed });
  return { places, candidates, kept, allowed, isExposed, removed };
}

/** Evaluates rules that all open the same port. */
function isWorld(reaches: readonly Reach[]): boolean {
  const onePort = reaches.map((reach) => ({ ...reach, traffic: { from: 1, to: 1 } }));
  return exposedSegments(onePort, prepare(onePort, worldScale(WORLD), { steps: 0 })).length > 0;
}

const problem = fc
  .tuple(fc.array(rule, { minLength: 1, maxLength: 9 }), fc.nat(12), fc.boolean())
  .map(([parts, allowed, hasKept]) => {
    const rules = parts.map(({ cidrs, from, to, protocol }) => {
      const ports = protocol === '-1' ? ('all' as const) : ([from, to] as const);
      const [only = ''] = cidrs;
      return cidrs.length === 1 ? ingress(protocol, ports, only) : ingress(protocol, ports, 'pl-1', cidrs);
    });
    const kept = new Set(rules.filter((_, i) => hasKept && parts[i]?.isKept));
    return problemOf(rules, (one) => kept.has(one), allowed);
  });

/** The ports that some rules open. */
function openPorts({ places, isExposed }: Problem, rules: readonly RuleSpan[]): number {
  return places.reduce((sum, { width }, place) => sum + (isExposed(place, rules) ? width : 0), 0);
}

function staying({ candidates, kept }: Problem, removed: readonly RuleSpan[]) {
  return [...kept, ...candidates.filter((one) => !removed.includes(one))];
}

/**
 * The greedy removal that defines the result. It removes candidates from the front if they contribute to a
 * segment that is open and can be closed, until at most `allowed` ports are open. Then it puts back, last
 * first, each rule that opens no more than `allowed`.
 */
function frontToBack(one: Problem): readonly RuleSpan[] {
  const { places, candidates, kept, allowed, isExposed } = one;
  const removed: RuleSpan[] = [];
  for (const candidate of candidates) {
    const rest = staying(one, removed);
    if (openPorts(one, rest) <= allowed) break;
    const isNeeded = places.some(
      (_, place) => isWithin(place, candidate) && isExposed(place, rest) && !isExposed(place, kept),
    );
    if (isNeeded) removed.push(candidate);
  }
  for (const candidate of removed.toReversed()) {
    const others = removed.filter((each) => each !== candidate);
    const [open, before] = [openPorts(one, staying(one, others)), openPorts(one, staying(one, removed))];
    if (open <= Math.max(allowed, before)) removed.splice(removed.indexOf(candidate), 1);
  }
  return removed;
}

describe('the rules to remove', () => {
  it('are the same as those of a greedy removal', () => {
    let [several, none] = [0, 0];
    fc.assert(
      fc.property(problem, (one) => {
        expect(new Set(one.removed)).toEqual(new Set(frontToBack(one)));
        if (one.removed.length > 1) several += 1;
        if (one.removed.length === 0) none += 1;
      }),
      { numRuns: 3000 },
    );
    expect(Math.min(several, none)).toBeGreaterThan(5);
  });

  it('leave at most the allowed ports open, or those that the kept rules open', () => {
    fc.assert(
      fc.property(problem, (one) => {
        const open = openPorts(one, staying(one, one.removed));
        expect(open).toBeLessThanOrEqual(Math.max(one.allowed, openPorts(one, one.kept)));
      }),
      { numRuns: 1500 },
    );
  });

  it('are all necessary: each one put back opens more than allowed', () => {
    fc.assert(
      fc.property(problem, (one) => {
        const open = openPorts(one, staying(one, one.removed));
        for (const back of one.removed) {
          const others = one.removed.filter((each) => each !== back);
          expect(openPorts(one, staying(one, others))).toBeGreaterThan(Math.max(one.allowed, open));
        }
      }),
      { numRuns: 1500 },
    );
  });

  it('are none if a segment stays open anyway, and none without candidates', () => {
    const [open, half] = [ingress('tcp', 22, '64.0.0.0/8'), ingress('tcp', 22, '65.0.0.0/9')];
    expect(problemOf([open, half], (one) => one === open, 0).removed).toEqual([]);
    expect(problemOf([open, half], () => true, 0).removed).toEqual([]);
    expect(problemOf([open, half], () => false, 0).removed.map(({ reach }) => reach.rule)).toEqual([open]);
  });

  it('are fewer if some ports may stay open, which count once', () => {
    const rules = [
      ingress('tcp', [1, 4], '64.0.0.0/9'),
      ingress('tcp', [1, 4], '64.128.0.0/9'),
      ingress('tcp', [3, 9], '65.0.0.0/8'),
      ingress('tcp', [3, 4], '2600::/15'),
    ];
    const removed = (allowed: number) =>
      problemOf(rules, () => false, allowed)
        .removed.map(({ reach }) => rules.indexOf(reach.rule))
        .toSorted((a, b) => a - b);
    expect(removed(9)).toEqual([]);
    expect(removed(8)).toEqual([2]);
    expect(removed(4)).toEqual([2]);
    expect(removed(3)).toEqual([0, 2]);
    expect(removed(1)).toEqual([0, 2, 3]);
  });
});
