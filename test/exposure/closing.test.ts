import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ingress } from '../../shared/controls/case.ts';
import { type Case, rulesToRemove } from '../../shared/exposure/closing.ts';
import type { Judge } from '../../shared/exposure/judge.ts';
import type { Reach } from '../../shared/exposure/reach.ts';

/** A source of some weight; a case is open where the weights of its rules come to 10. */
interface Weighed extends Reach {
  readonly weight: number;
}

const weighed = (weight: number): Weighed => ({ rule: ingress('tcp', 22, '192.0.2.0/24'), blocks: [], weight });

const sumOf = (reaches: readonly Reach[]): number =>
  reaches.reduce((sum, reach) => sum + ('weight' in reach ? Number(reach.weight) : 0), 0);

const isOpen = (reaches: readonly Reach[]): boolean => sumOf(reaches) >= 10;

const countingJudge = (): Judge & { readonly asked: () => number } => {
  let asked = 0;
  return {
    isWorld: (reaches) => {
      asked += 1;
      return isOpen(reaches);
    },
    shareOf: () => 0,
    asked: () => asked,
  };
};

const caseOf = (ports: number, candidates: readonly Reach[], kept: readonly Reach[] = []): Case => ({
  segment: { protocol: 'tcp', ports: { from: 1, to: ports }, reaches: [...candidates, ...kept] },
  candidates,
  kept,
});

const removed = (cases: readonly Case[], order: readonly Reach[], allowed = 0) =>
  rulesToRemove(cases, order, allowed, countingJudge());

/** Ports open once some rules are gone. */
const openPorts = (cases: readonly Case[], gone: ReadonlySet<Reach>): number =>
  cases
    .filter(({ kept, candidates }) => isOpen([...kept, ...candidates.filter((one) => !gone.has(one))]))
    .reduce((sum, { segment }) => sum + segment.ports.to, 0);

/** Removes one rule after the other, looking at every case anew each time. */
const oneByOne = (cases: readonly Case[], order: readonly Reach[], allowed: number): ReadonlySet<Reach> => {
  const gone = new Set<Reach>();
  for (const reach of order) {
    if (openPorts(cases, gone) <= allowed) break;
    const isNeeded = cases.some(
      (one) => !isOpen(one.kept) && one.candidates.includes(reach) && openPorts([one], gone) > 0,
    );
    if (isNeeded) gone.add(reach);
  }
  return gone;
};

const problem = fc
  .array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 7 })
  .map((weights) => weights.map(weighed))
  .chain((order) =>
    fc.record({
      order: fc.constant(order),
      allowed: fc.integer({ min: 0, max: 6 }),
      cases: fc.array(
        fc
          .tuple(fc.integer({ min: 1, max: 4 }), fc.subarray(order), fc.subarray([weighed(3), weighed(4), weighed(5)]))
          .map(([ports, candidates, kept]) => caseOf(ports, candidates, kept)),
        { maxLength: 4 },
      ),
    }),
  );

describe('the rules to remove', () => {
  it('leave no more open than removing one after the other would, and are among those', () => {
    fc.assert(
      fc.property(problem, ({ order, allowed, cases }) => {
        const greedy = oneByOne(cases, order, allowed);
        const gone = removed(cases, order, allowed);
        expect([...gone].every((reach) => greedy.has(reach))).toBe(true);
        expect(openPorts(cases, gone)).toBeLessThanOrEqual(Math.max(allowed, openPorts(cases, greedy)));
      }),
      { numRuns: 1000 },
    );
  });

  it('are all needed: with any one of them put back, more is open than allowed', () => {
    fc.assert(
      fc.property(problem, ({ order, allowed, cases }) => {
        const gone = removed(cases, order, allowed);
        for (const reach of gone) {
          const back = new Set([...gone].filter((one) => one !== reach));
          expect(openPorts(cases, back)).toBeGreaterThan(Math.max(allowed, openPorts(cases, gone)));
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('are taken from the front of the order', () => {
    const [a, b, c] = [weighed(10), weighed(10), weighed(9)] as const;
    expect(removed([caseOf(1, [a, b, c])], [a, b, c])).toEqual(new Set([a, b]));
    expect(removed([caseOf(1, [c, b, a])], [c, b, a])).toEqual(new Set([b, a]));
  });

  it('are none where no more is open than allowed', () => {
    const a = weighed(10);
    expect(removed([caseOf(3, [a])], [a], 3)).toEqual(new Set());
    expect(removed([caseOf(3, [a])], [a], 2)).toEqual(new Set([a]));
    expect(removed([caseOf(3, [weighed(9)])], [a])).toEqual(new Set());
    expect(removed([], [])).toEqual(new Set());
  });

  it('are none of a case that stays open without them', () => {
    const [a, open] = [weighed(10), weighed(10)] as const;
    expect(removed([caseOf(1, [a], [open])], [a])).toEqual(new Set());
  });

  it('stop where enough is closed', () => {
    const [a, b] = [weighed(10), weighed(10)] as const;
    const cases = [caseOf(2, [a]), caseOf(3, [b])];
    expect(removed(cases, [a, b], 3)).toEqual(new Set([a]));
    expect(removed(cases, [b, a], 2)).toEqual(new Set([b]));
    expect(removed(cases, [a, b], 2)).toEqual(new Set([b]));
    expect(removed(cases, [a, b], 1)).toEqual(new Set([a, b]));
  });

  it('spare one that a later removal made needless', () => {
    const [small, large] = [weighed(2), weighed(9)] as const;
    expect(removed([caseOf(1, [small, large], [weighed(1)])], [small, large])).toEqual(new Set([large]));
  });

  it('are found with judgements that grow with the logarithm of the rules', () => {
    const rules = Array.from({ length: 64 }, () => weighed(10));
    const judge = countingJudge();
    expect(rulesToRemove([caseOf(1, rules)], rules, 0, judge).size).toBe(64);
    expect(judge.asked()).toBeLessThanOrEqual(2 + 7 + 1 + 64);
  });

  it('are found without looking further than the limit when one is put back', () => {
    const [a, b] = [weighed(10), weighed(10)] as const;
    const judge = countingJudge();
    const cases = Array.from({ length: 50 }, () => caseOf(1, [a, b]));
    expect(rulesToRemove(cases, [a, b], 0, judge)).toEqual(new Set([a, b]));
    expect(judge.asked()).toBeLessThanOrEqual(50 * (1 + 1 + 2 + 1) + 2);
  });
});
