import { expect } from 'vitest';
import { CallFailed, InputInvalid } from '../../../shared/domain/errors.ts';
import type { Clause } from './clause.ts';
import { DAY, GROUP, HOUR, outcomeOf, planOf, ruleOf, START } from './samples.ts';

/** What settling does. */
export const settleClauses: readonly Clause[] = [
  {
    says: 'an outcome is on record as it was, the fight and the fault’s words too',
    async check({ open }) {
      const plan = planOf('a');
      await open().register.reserve(plan, 'one');
      const fault = new CallFailed('RevokeSecurityGroupIngress', 'UnauthorizedOperation', false, new Error('denied'));
      const told = outcomeOf(plan, {
        status: 'failed',
        removed: plan.decision.rules,
        alreadyGone: [ruleOf('sgr-3')],
        changed: [ruleOf('sgr-2')],
        reopenLoop: { times: 3, since: START - HOUR, actors: [{ type: 'IAMUser', tool: 'terraform' }], quiet: true },
      });
      await open().register.settle({ ...told, fault });
      const entry = await open().register.find(GROUP, plan.id);
      const { fault: recorded, ...rest } = entry?.outcome ?? {};
      expect(rest).toEqual(told);
      expect(recorded).toMatchObject({ name: 'CallFailed', message: fault.message, retryable: false });
      expect(entry?.heldUntil).toBe(0);
    },
  },
  {
    says: 'the first to settle is right',
    async check({ open }) {
      const plan = planOf('a');
      await open().register.reserve(plan, 'one');
      await open().register.settle(outcomeOf(plan));
      await open().register.settle(outcomeOf(plan, { status: 'failed' }));
      expect((await open().register.entries(GROUP))[0]?.outcome?.status).toBe('done');
    },
  },
  {
    says: 'a plan that was never reserved is refused',
    async check({ open }) {
      await expect(open().register.settle(outcomeOf(planOf('a')))).rejects.toThrow(InputInvalid);
    },
  },
  {
    says: 'a removal is kept for 400 days, a report for 30, and what is open without an end',
    async check({ open, clock }) {
      const [removal, report, left] = [planOf('a'), planOf('b', { at: START + 1 }), planOf('c', { at: START + 2 })];
      for (const plan of [removal, report, left]) await open().register.reserve(plan, 'one');
      await open().register.settle(outcomeOf(removal));
      await open().register.settle(outcomeOf(report, { status: 'reported', at: START }));
      const ids = async () => (await open().register.entries(GROUP)).map(({ plan }) => plan.id);
      expect(await ids()).toEqual([left.id, report.id, removal.id]);
      clock.time += 30 * DAY;
      expect(await ids()).toEqual([left.id, removal.id]);
      clock.time += 370 * DAY;
      expect(await ids()).toEqual([left.id]);
    },
  },
];
