import { expect } from 'vitest';
import { remediationId } from '../../../shared/domain/remediation-id.ts';
import { type Clause, LEASE_MS } from './clause.ts';
import { answerAt, askedAt, DAY, GROUP, outcomeOf, planName, planOf, ruleOf, START } from './samples.ts';

/** Reserving what is new, and what others have. */
const claims: readonly Clause[] = [
  {
    says: 'a new plan may begin, and its undo is on record before anything is done',
    async check({ open }) {
      const plan = planOf('a');
      expect(await open().register.reserve(plan, 'one')).toBe('go');
      const recorded = { plan, owner: 'one', heldUntil: START + LEASE_MS, postRemovalGrants: [], completedSteps: [] };
      expect(await open().register.entries(GROUP)).toEqual([recorded]);
    },
  },
  {
    says: 'the same invocation goes on where it stopped',
    async check({ open }) {
      await open().register.reserve(planOf('a'), 'one');
      expect(await open().register.reserve(planOf('a'), 'one')).toBe('resume');
    },
  },
  {
    says: 'another invocation is kept away while the lease runs, and not longer',
    async check({ open, clock }) {
      await open().register.reserve(planOf('a'), 'one');
      clock.time += LEASE_MS - 1;
      expect(await open().register.reserve(planOf('a'), 'two')).toBe('busy');
      clock.time += 1;
      expect(await open().register.reserve(planOf('a'), 'two')).toBe('resume');
      expect(await open().register.reserve(planOf('a'), 'three')).toBe('busy');
    },
  },
  {
    says: 'owners are compared by their whole names: a part of a name, or a name in other case, is another owner',
    async check({ open }) {
      await open().register.reserve(planOf('a'), 'request-1');
      for (const other of ['request-10', 'request-', 'request', 'equest-1', 'REQUEST-1'])
        expect(await open().register.reserve(planOf('a'), other)).toBe('busy');
      expect((await open().register.stateOf([GROUP])).entries).toMatchObject([{ owner: 'request-1' }]);
      expect(await open().register.reserve(planOf('a'), 'request-1')).toBe('resume');
    },
  },
  {
    says: 'an invocation that outlives its lease cannot resume a plan that another invocation has taken over',
    async check({ open, clock }) {
      await open().register.reserve(planOf('a'), 'slow');
      clock.time += LEASE_MS;
      expect(await open().register.reserve(planOf('a'), 'two')).toBe('resume');
      expect(await open().register.reserve(planOf('a'), 'slow')).toBe('busy');
      clock.time += LEASE_MS;
      expect(await open().register.reserve(planOf('a'), 'slow')).toBe('resume');
    },
  },
  {
    says: 'an invocation that resumes its plan holds it for another lease',
    async check({ open, clock }) {
      await open().register.reserve(planOf('a'), 'one');
      clock.time += LEASE_MS - 1;
      expect(await open().register.reserve(planOf('a'), 'one')).toBe('resume');
      clock.time += LEASE_MS - 1;
      expect(await open().register.reserve(planOf('a'), 'two')).toBe('busy');
    },
  },
  {
    says: 'the plans of a group have an owner each: the owner of one plan does not own the others',
    async check({ open }) {
      await open().register.reserve(planOf('a'), 'one');
      await open().register.reserve(planOf('b'), 'two');
      expect(await open().register.reserve(planOf('b'), 'one')).toBe('busy');
      expect(await open().register.reserve(planOf('a'), 'two')).toBe('busy');
    },
  },
  {
    says: 'a dead invocation’s plan stays as it was when another takes it over',
    async check({ open, clock }) {
      const first = planOf('a');
      await open().register.reserve(first, 'one');
      clock.time += LEASE_MS;
      await open().register.reserve(planOf('a', { rules: [], at: clock.time }), 'two');
      const recorded = { plan: first, owner: 'two', heldUntil: clock.time + LEASE_MS };
      expect(await open().register.entries(GROUP)).toMatchObject([recorded]);
    },
  },
  {
    says: 'exactly one of many begins',
    async check({ open }) {
      const owners = Array.from({ length: 20 }, (_, index) => `owner-${index}`);
      const answers = await Promise.all(owners.map((owner) => open().register.reserve(planOf('a'), owner)));
      expect(answers.toSorted()).toEqual([...Array(19).fill('busy'), 'go']);
    },
  },
  {
    says: 'exactly one of many takes over',
    async check({ open, clock }) {
      await open().register.reserve(planOf('a'), 'dead');
      clock.time += LEASE_MS;
      const owners = Array.from({ length: 20 }, (_, index) => `owner-${index}`);
      const answers = await Promise.all(owners.map((owner) => open().register.reserve(planOf('a'), owner)));
      expect(answers.toSorted()).toEqual([...Array(19).fill('busy'), 'resume']);
    },
  },
];

/** Reserving what was settled before. */
const settledBefore: readonly Clause[] = [
  {
    says: 'there is nothing to do for a plan that ended as done, reported or pending',
    async check({ open }) {
      for (const [letter, status] of [
        ['a', 'done'],
        ['b', 'reported'],
        ['c', 'pending'],
      ] as const) {
        const plan = planOf(letter);
        await open().register.reserve(plan, 'one');
        await open().register.settle(outcomeOf(plan, { status }));
        expect(await open().register.reserve(plan, 'one')).toBe('settled');
      }
    },
  },
  {
    says: 'what failed begins again, as it is now, under the id that people know',
    async check({ open, clock }) {
      const plan = planOf('a');
      await open().register.reserve(plan, 'one');
      await open().register.settle(outcomeOf(plan, { status: 'failed' }));
      clock.time += DAY;
      const later = planOf('a', { rules: [ruleOf('sgr-a', 'described anew')], at: clock.time });
      expect(await open().register.reserve(later, 'two')).toBe('again');
      const entry = await open().register.find(GROUP, planName('a'));
      expect(entry).toEqual({
        plan: { ...later, at: START },
        owner: 'two',
        heldUntil: clock.time + LEASE_MS,
        postRemovalGrants: [],
        completedSteps: [],
      });
      expect(await open().register.findById(remediationId(plan))).toEqual(entry);
      expect((await open().register.stateOf([GROUP])).entries).toMatchObject([{ plan: entry?.plan, owner: 'two' }]);
      expect(await open().register.newest(5)).toEqual([entry]);
    },
  },
  {
    says: 'a failed plan that begins again belongs to the invocation that began it again',
    async check({ open, clock }) {
      const plan = planOf('a');
      await open().register.reserve(plan, 'one');
      await open().register.settle(outcomeOf(plan, { status: 'failed' }));
      expect(await open().register.reserve(plan, 'two')).toBe('again');
      expect(await open().register.reserve(plan, 'one')).toBe('busy');
      expect(await open().register.reserve(plan, 'two')).toBe('resume');
      clock.time += LEASE_MS;
      expect(await open().register.reserve(plan, 'one')).toBe('resume');
    },
  },
  {
    says: 'exactly one of many begins again',
    async check({ open }) {
      const plan = planOf('a');
      await open().register.reserve(plan, 'one');
      await open().register.settle(outcomeOf(plan, { status: 'failed' }));
      const owners = Array.from({ length: 10 }, (_, index) => `owner-${index}`);
      const answers = await Promise.all(owners.map((owner) => open().register.reserve(plan, owner)));
      expect(answers.toSorted()).toEqual(['again', ...Array(9).fill('busy')]);
    },
  },
  {
    says: 'what was held waits until a person lets it go, whose answer stays with it',
    async check({ open, clock }) {
      const plan = planOf('a', { freshness: 'existing' });
      await open().register.reserve(plan, 'one');
      await open().register.settle(outcomeOf(plan, { status: 'held' }));
      expect(await open().register.reserve(plan, 'one')).toBe('held');
      const [held] = await open().register.waiting('held');
      const answer = answerAt(clock.time);
      await open().register.recordAnswer(held!, answer);
      expect(await open().register.reserve(plan, 'one')).toBe('held');
      const released = planOf('a', { freshness: 'existing', released: askedAt(clock.time), at: START + 5 });
      expect(await open().register.reserve(released, 'two')).toBe('again');
      const entry = await open().register.find(GROUP, planName('a'));
      expect(entry).toMatchObject({ plan: { ...released, at: START }, answer, owner: 'two' });
      expect(entry).not.toHaveProperty('outcome');
      await open().register.settle(outcomeOf(released));
      expect(await open().register.find(GROUP, planName('a'))).toMatchObject({ outcome: { status: 'done' }, answer });
    },
  },
  {
    says: 'what was held is begun again once a change brings the same rules, and an answer to the old case is void',
    async check({ open }) {
      const plan = planOf('a', { freshness: 'existing' });
      await open().register.reserve(plan, 'one');
      await open().register.settle(outcomeOf(plan, { status: 'held' }));
      await open().register.recordAnswer((await open().register.waiting('held'))[0]!, answerAt(START));
      const added = planOf('a', { at: START + 5 });
      expect(await open().register.reserve(added, 'two')).toBe('again');
      const entry = await open().register.find(GROUP, planName('a'));
      expect(entry).toMatchObject({ plan: { ...added, at: START }, owner: 'two' });
      expect(entry).not.toHaveProperty('answer');
      expect(await open().register.waiting('held')).toEqual([]);
    },
  },
  {
    says: 'what was let go once and then failed waits anew when it is held once more',
    async check({ open }) {
      const plan = planOf('a', { freshness: 'existing' });
      const released = planOf('a', { freshness: 'existing', released: askedAt(START) });
      await open().register.reserve(plan, 'one');
      await open().register.settle(outcomeOf(plan, { status: 'held' }));
      await open().register.recordAnswer((await open().register.waiting('held'))[0]!, answerAt(START));
      await open().register.reserve(released, 'two');
      await open().register.settle(outcomeOf(released, { status: 'failed' }));
      expect(await open().register.reserve(plan, 'three')).toBe('again');
      await open().register.settle(outcomeOf(plan, { status: 'held' }));
      expect(await open().register.waiting('held')).toHaveLength(1);
    },
  },
  {
    says: 'what a change brought goes on over what was held as there before',
    async check({ open }) {
      const plan = planOf('a', { freshness: 'existing' });
      await open().register.reserve(plan, 'one');
      await open().register.settle(outcomeOf(plan, { status: 'held' }));
      const added = planOf('a');
      expect(await open().register.reserve(added, 'two')).toBe('again');
      expect(await open().register.find(GROUP, plan.id)).toMatchObject({ plan: added, owner: 'two' });
    },
  },
  {
    says: 'a report is made again after 30 days, as a new remediation',
    async check({ open, clock }) {
      const plan = planOf('a');
      await open().register.reserve(plan, 'one');
      await open().register.settle(outcomeOf(plan, { status: 'reported' }));
      clock.time += 30 * DAY;
      expect(await open().register.find(GROUP, plan.id)).toBeUndefined();
      expect(await open().register.findById(remediationId(plan))).toBeUndefined();
      const anew = planOf('a', { at: clock.time });
      expect(await open().register.reserve(anew, 'two')).toBe('go');
      expect(await open().register.findById(remediationId(anew))).toMatchObject({ plan: anew });
    },
  },
];

/** What reserving does. */
export const reserveClauses: readonly Clause[] = [...claims, ...settledBefore];
