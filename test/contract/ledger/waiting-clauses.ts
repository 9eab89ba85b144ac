import { expect } from 'vitest';
import { chunks } from '../../../shared/adapters/aws/call.ts';
import { InputInvalid } from '../../../shared/domain/errors.ts';
import { effort } from '../../effort.ts';
import { type Clause, LEASE_MS, type Subject } from './clause.ts';
import { answerAt, askedAt, DAY, GROUP, OTHER_GROUP, outcomeOf, planOf, START } from './samples.ts';

async function waitingOne({ open }: Subject, status: 'pending' | 'held' = 'pending') {
  const plan = planOf('a');
  await open().register.reserve(plan, 'one');
  await open().register.settle(outcomeOf(plan, { status }));
  const entry = await open().register.find(GROUP, plan.id);
  return entry!;
}

/** Who waits. */
const queues: readonly Clause[] = [
  {
    says: 'what waits is found by what it waits for, the oldest first, and nothing else is',
    async check({ open }) {
      const plans = [
        ['a', 'pending', 5],
        ['b', 'pending', 2],
        ['c', 'held', 3],
        ['d', 'done', 4],
        ['e', 'failed', 1],
      ] as const;
      for (const [letter, status, after] of plans) {
        const plan = planOf(letter, { at: START + after, groupId: after % 2 === 0 ? GROUP : OTHER_GROUP });
        await open().register.reserve(plan, 'one');
        await open().register.settle(outcomeOf(plan, { status }));
      }
      await open().register.reserve(planOf('f'), 'one');
      const ids = async (status: 'pending' | 'held') =>
        (await open().register.waiting(status)).map(({ plan }) => plan.id.charAt(0));
      expect(await ids('pending')).toEqual(['b', 'a']);
      expect(await ids('held')).toEqual(['c']);
    },
  },
  {
    says: 'what waits is kept for as long as it waits, and 30 days more',
    async check(subject) {
      const { open, clock } = subject;
      const entry = await waitingOne(subject);
      clock.time += 1000 * DAY;
      expect(await open().register.waiting('pending')).toHaveLength(1);
      await open().register.recordAnswer(entry, answerAt(clock.time, 'declined'));
      clock.time += 29 * DAY;
      expect(await open().register.reserve(entry.plan, 'two')).toBe('settled');
      clock.time += 2 * DAY;
      expect(await open().register.find(GROUP, entry.plan.id)).toBeUndefined();
      expect(await open().register.reserve(planOf('a', { at: clock.time }), 'two')).toBe('go');
    },
  },
  {
    says: 'an entry is abandoned once its owner had its time, and is not when it is taken over or settled',
    async check({ open, clock }) {
      const [left, closed, later] = [planOf('a'), planOf('b'), planOf('c', { groupId: OTHER_GROUP })];
      for (const plan of [left, closed]) await open().register.reserve(plan, 'one');
      await open().register.settle(outcomeOf(closed));
      clock.time += LEASE_MS - 1;
      await open().register.reserve(later, 'one');
      expect(await open().register.abandoned()).toEqual([]);
      clock.time += 1;
      expect((await open().register.abandoned()).map(({ plan }) => plan)).toEqual([left]);
      await open().register.reserve(left, 'two');
      expect(await open().register.abandoned()).toEqual([]);
      clock.time += LEASE_MS;
      expect(await open().register.abandoned()).toHaveLength(2);
    },
  },
];

const HUNDREDS = Array.from({ length: effort(250, 1000) }, (_, index) => index);

/** Plans that no letter names, each of its own. */
function numbered(index: number) {
  return { ...planOf('a', { at: START + index }), id: String(index).padStart(26, '0') };
}

/** What waits or has been answered, however much of it. */
const many: readonly Clause[] = [
  {
    says: 'hundreds that are held are all found, and hundreds of answers until each has had its effect',
    async check({ open }) {
      const { register } = open();
      const settleAll = async (index: number) => {
        await register.reserve(numbered(index), 'one');
        await register.settle(outcomeOf(numbered(index), { status: 'held' }));
      };
      for (const some of chunks(HUNDREDS, 50)) await Promise.all(some.map(settleAll));
      const held = await register.waiting('held');
      expect(held.map(({ plan }) => plan.at - START)).toEqual(HUNDREDS);
      for (const some of chunks(held, 50))
        await Promise.all(some.map(async (entry) => await register.recordAnswer(entry, answerAt(START + 5000))));
      expect(await register.waiting('held')).toEqual([]);
      expect((await register.withOpenAnswer()).map(({ plan }) => plan.at - START)).toEqual(HUNDREDS);
      const step = { step: 'answered', data: {}, at: START };
      for (const some of chunks(held.slice(1), 50))
        await Promise.all(some.map(async (entry) => await register.completeAnswer(entry, step)));
      expect((await register.withOpenAnswer()).map(({ plan }) => plan.id)).toEqual([numbered(0).id]);
    },
  },
  {
    says: 'an answer that has had its effect is on the record; noted twice, and after the plan has begun again, it does no harm',
    async check(subject) {
      const { open } = subject;
      const entry = await waitingOne(subject, 'held');
      await open().register.recordAnswer(entry, answerAt(START));
      expect(await open().register.withOpenAnswer()).toHaveLength(1);
      const released = planOf('a', { released: askedAt(START) });
      expect(await open().register.reserve(released, 'two')).toBe('again');
      expect(await open().register.withOpenAnswer()).toEqual([]);
      const step = { step: 'answered', data: {}, at: START };
      for (let time = 0; time < 2; time += 1) await open().register.completeAnswer(entry, step);
      expect(await open().register.find(GROUP, released.id)).toMatchObject({ completedSteps: [step, step] });
    },
  },
];

/** What people say. */
const answers: readonly Clause[] = [
  {
    says: 'the first answer stands and is given back, and the entry waits no longer',
    async check(subject) {
      const { open } = subject;
      const entry = await waitingOne(subject);
      const first = answerAt(START, 'declined', 'ada');
      expect(await open().register.recordAnswer(entry, first)).toEqual(first);
      expect(await open().register.recordAnswer(entry, answerAt(START + 1, 'released', 'bob'))).toEqual(first);
      expect(await open().register.waiting('pending')).toEqual([]);
      expect(await open().register.find(GROUP, entry.plan.id)).toEqual({ ...entry, answer: first });
    },
  },
  {
    says: 'of many who answer at once, one is right',
    async check(subject) {
      const { open } = subject;
      const entry = await waitingOne(subject, 'held');
      const names = Array.from({ length: 10 }, (_, index) => `person-${index}`);
      const stand = await Promise.all(
        names.map((name) => open().register.recordAnswer(entry, answerAt(START, 'released', name))),
      );
      const right = (await open().register.find(GROUP, entry.plan.id))?.answer;
      expect(new Set(stand.map(({ by }) => by.name))).toEqual(new Set([right?.by.name]));
    },
  },
  {
    says: 'an answer to what waits for nothing is refused',
    async check({ open }) {
      const plan = planOf('a');
      await open().register.reserve(plan, 'one');
      const entry = await open().register.find(GROUP, plan.id);
      await expect(open().register.recordAnswer(entry!, answerAt(START))).rejects.toThrow(InputInvalid);
      await open().register.settle(outcomeOf(plan));
      await expect(open().register.recordAnswer(entry!, answerAt(START))).rejects.toThrow(/waits for no answer/);
      const unknown = { ...entry!, plan: planOf('b') };
      await expect(open().register.recordAnswer(unknown, answerAt(START))).rejects.toThrow(InputInvalid);
      expect(await open().register.find(GROUP, plan.id)).not.toHaveProperty('answer');
    },
  },
  {
    says: 'what was held and is let go waits no longer, is unsettled once more, and has no end while it is',
    async check(subject) {
      const { open, clock } = subject;
      const entry = await waitingOne(subject, 'held');
      await open().register.recordAnswer(entry, answerAt(START));
      await open().register.reserve(planOf('a', { released: askedAt(START) }), 'two');
      expect(await open().register.waiting('held')).toEqual([]);
      expect((await open().register.stateOf([GROUP])).entries).toHaveLength(1);
      clock.time += 100 * DAY;
      expect(await open().register.abandoned()).toHaveLength(1);
    },
  },
];

/** What waits for people, and for time. */
export const waitingClauses: readonly Clause[] = [...queues, ...many, ...answers];
