import { expect } from 'vitest';
import type { Allowance } from '../../../shared/domain/ledger.ts';
import { effort } from '../../effort.ts';
import type { Clause } from './clause.ts';
import { askedAt, DAY, HOUR, MINUTE, START } from './samples.ts';

/** Takes at once. */
const MANY = effort(60, 200);

function limit(removalsPerHour: number) {
  return { removalsPerHour };
}

function count(allowances: readonly Allowance[]) {
  return {
    taken: allowances.filter((one) => one === 'taken').length,
    spent: allowances.filter((one) => one === 'spent').length,
    held: allowances.filter((one) => one === 'held').length,
  };
}

/** What the budget gives. */
export const budgetClauses: readonly Clause[] = [
  {
    says: 'removals are taken up to the limit; the plan that goes past it finds the budget spent, the others are held',
    async check({ open }) {
      expect(await open().budget.spend('a', 3, limit(5))).toBe('taken');
      expect(await open().budget.spend('b', 2, limit(5))).toBe('taken');
      expect(await open().budget.spend('c', 1, limit(5))).toBe('spent');
      expect(await open().budget.spend('d', 1, limit(5))).toBe('held');
    },
  },
  {
    says: 'a plan takes once however often it asks, and gets the same answer',
    async check({ open }) {
      for (let times = 0; times < 3; times += 1) expect(await open().budget.spend('a', 3, limit(5))).toBe('taken');
      expect(await open().budget.spend('b', 2, limit(5))).toBe('taken');
      for (let times = 0; times < 3; times += 1) expect(await open().budget.spend('c', 1, limit(5))).toBe('spent');
      expect(await open().budget.spend('a', 3, limit(5))).toBe('taken');
      expect(await open().budget.spend('d', 1, limit(5))).toBe('held');
    },
  },
  {
    says: 'plans are compared by their whole ids: what one plan took does not count as taken by another',
    async check({ open }) {
      expect(await open().budget.spend('plan-1', 2, limit(3))).toBe('taken');
      expect(await open().budget.spend('plan-10', 1, limit(3))).toBe('taken');
      expect(await open().budget.spend('plan-100', 1, limit(3))).toBe('spent');
      for (const other of ['plan', 'plan-', 'plan-2', 'plan-1000'])
        expect(await open().budget.spend(other, 1, limit(3))).toBe('held');
      expect(await open().budget.spend('plan-1', 2, limit(3))).toBe('taken');
    },
  },
  {
    says: 'what was taken counts for exactly 60 minutes',
    async check({ open, clock }) {
      await open().budget.spend('a', 3, limit(5));
      clock.time += 10 * MINUTE;
      await open().budget.spend('b', 2, limit(5));
      clock.time = START + HOUR;
      expect(await open().budget.spend('c', 3, limit(5))).toBe('taken');
      clock.time = START + HOUR + 10 * MINUTE - 1;
      expect(await open().budget.spend('d', 1, limit(5))).toBe('spent');
    },
  },
  {
    says: 'a budget that is spent stays so until a person lets it go on, and then counts anew',
    async check({ open, clock }) {
      await open().budget.spend('a', 5, limit(5));
      await open().budget.spend('b', 1, limit(5));
      clock.time += 2 * DAY;
      expect(await open().budget.spend('c', 1, limit(5))).toBe('held');
      expect(await open().budget.spend('b', 1, limit(5))).toBe('spent');
      await open().budget.resume(askedAt(clock.time));
      expect(await open().budget.spend('c', 5, limit(5))).toBe('taken');
      expect(await open().budget.spend('d', 1, limit(5))).toBe('spent');
    },
  },
  {
    says: 'a budget may be resumed before anything was taken',
    async check({ open }) {
      await open().budget.resume(askedAt(START));
      expect(await open().budget.spend('a', 1, limit(1))).toBe('taken');
    },
  },
  {
    says: 'a limit of none holds up everything',
    async check({ open }) {
      expect(await open().budget.spend('a', 1, limit(0))).toBe('spent');
      expect(await open().budget.spend('b', 1, limit(0))).toBe('held');
    },
  },
  {
    says: `of ${MANY} takes at once never more than the limit are given, and one finds it spent`,
    async check({ open }) {
      const plans = Array.from({ length: MANY }, (_, index) => `plan-${index}`);
      const allowances = await Promise.all(plans.map((plan) => open().budget.spend(plan, 1, limit(20))));
      expect(count(allowances)).toEqual({ taken: 20, spent: 1, held: MANY - 21 });
      const again = await Promise.all(plans.map((plan) => open().budget.spend(plan, 1, limit(20))));
      expect(again).toEqual(allowances);
    },
  },
  {
    says: `of ${MANY} takes at once, all within the limit, none is lost and none counts twice`,
    async check({ open }) {
      const plans = Array.from({ length: MANY }, (_, index) => `plan-${index % (MANY / 2)}`);
      const allowances = await Promise.all(plans.map((plan) => open().budget.spend(plan, 1, limit(MANY / 2))));
      expect(count(allowances)).toEqual({ taken: MANY, spent: 0, held: 0 });
      expect(await open().budget.spend('one more', 1, limit(MANY / 2 + 1))).toBe('taken');
      expect(await open().budget.spend('too many', 1, limit(MANY / 2 + 1))).toBe('spent');
    },
  },
];
