import { expect } from 'vitest';
import { CANARY_CONTROL } from '../../../shared/domain/canary.ts';
import { remediationId } from '../../../shared/domain/remediation-id.ts';
import { type Clause, LEASE_MS } from './clause.ts';
import {
  DAY,
  episodeOf,
  exemptionOf,
  followUpOf,
  GROUP,
  HOUR,
  OTHER_GROUP,
  outcomeOf,
  planOf,
  START,
} from './samples.ts';

/** By group. */
const ofGroups: readonly Clause[] = [
  {
    says: 'a group’s entries are its own, newest first',
    async check({ open }) {
      await open().register.reserve(planOf('b'), 'one');
      await open().register.reserve(planOf('a', { at: START + 5 }), 'one');
      await open().register.reserve(planOf('c', { groupId: OTHER_GROUP }), 'one');
      const mine = await open().register.entries(GROUP);
      expect(mine.map(({ plan }) => plan.id)).toEqual([planOf('a').id, planOf('b').id]);
      expect(await open().register.find(GROUP, planOf('c').id)).toBeUndefined();
    },
  },
  {
    says: 'entries are told apart from everything else that is about the group',
    async check({ open }) {
      const { register, exemptions, episodes, budget } = open();
      await register.reserve(planOf('a'), 'one');
      const [entry] = await register.entries(GROUP);
      await register.recordGrant(entry!, followUpOf([]));
      await exemptions.put(exemptionOf('x-1'));
      await episodes.record([episodeOf('event-1')]);
      await budget.spend('plan', 1, { removalsPerHour: 1 });
      expect(await register.entries(GROUP)).toHaveLength(1);
      expect((await register.stateOf([GROUP])).entries).toHaveLength(1);
      expect(await register.newest(10)).toHaveLength(1);
    },
  },
  {
    says: 'only what is open is unsettled, with who has it until when',
    async check({ open }) {
      const [left, closed] = [planOf('a'), planOf('b')];
      await open().register.reserve(left, 'one');
      await open().register.reserve(closed, 'one');
      await open().register.settle(outcomeOf(closed));
      const [entry, ...others] = (await open().register.stateOf([GROUP])).entries;
      expect(entry).toMatchObject({ plan: left, owner: 'one', heldUntil: START + LEASE_MS });
      expect(others).toEqual([]);
    },
  },
];

/** By id and by time. */
const ofHistory: readonly Clause[] = [
  {
    says: 'the canary’s closings are in no list that people read, and are kept for a day',
    async check({ open, clock }) {
      const plan = planOf('a');
      const findings = plan.decision.findings.map((finding) => ({ ...finding, control: CANARY_CONTROL }));
      const closing = { ...plan, decision: { ...plan.decision, findings } };
      await open().register.reserve(closing, 'one');
      expect((await open().register.stateOf([GROUP])).entries).toHaveLength(1);
      await open().register.settle(outcomeOf(closing));
      expect(await open().register.newest(10)).toEqual([]);
      expect(await open().register.findById(remediationId(closing))).toBeUndefined();
      expect(await open().register.reserve(closing, 'two')).toBe('settled');
      expect(await open().register.entries(GROUP)).toHaveLength(1);
      clock.time += DAY + HOUR;
      expect(await open().register.entries(GROUP)).toEqual([]);
    },
  },
  {
    says: 'a remediation is found by the id that people know, whatever month it is from',
    async check({ open, clock }) {
      const plans = [planOf('a', { at: START - 399 * DAY }), planOf('b', { at: START - 32 * DAY }), planOf('c')];
      for (const plan of plans) await open().register.reserve(plan, 'one');
      clock.time += 300 * DAY;
      for (const plan of plans) expect(await open().register.findById(remediationId(plan))).toMatchObject({ plan });
    },
  },
  {
    says: 'an id that nobody has, and a text that is no id, find nothing',
    async check({ open }) {
      await open().register.reserve(planOf('a'), 'one');
      expect(await open().register.findById(remediationId(planOf('b')))).toBeUndefined();
      expect(await open().register.findById('exemptions')).toBeUndefined();
      expect(await open().register.findById('')).toBeUndefined();
    },
  },
  {
    says: 'the newest remediations come first, across groups and months, no more than asked for',
    async check({ open }) {
      const ages = [0, 70, 40, 1, 399];
      const plans = ages.map((age, place) =>
        planOf('abcde'.charAt(place), {
          at: START - age * DAY,
          groupId: place % 2 === 0 ? GROUP : OTHER_GROUP,
        }),
      );
      for (const plan of plans) await open().register.reserve(plan, 'one');
      const newest = async (most: number) =>
        (await open().register.newest(most)).map(({ plan }) => Math.round((START - plan.at) / DAY));
      expect(await newest(10)).toEqual([0, 1, 40, 70, 399]);
      expect(await newest(3)).toEqual([0, 1, 40]);
      expect(await newest(0)).toEqual([]);
    },
  },
  {
    says: 'what has expired does not count among the newest',
    async check({ open, clock }) {
      const plans = ['a', 'b', 'c', 'd'].map((letter, place) => planOf(letter, { at: START + place }));
      for (const plan of plans) {
        await open().register.reserve(plan, 'one');
        const status = plan.id.startsWith('a') ? 'done' : 'reported';
        await open().register.settle(outcomeOf(plan, { status }));
      }
      clock.time += 31 * DAY;
      expect((await open().register.newest(2)).map(({ plan }) => plan)).toEqual([plans[0]]);
    },
  },
];

/** What finds entries. */
export const lookupClauses: readonly Clause[] = [...ofGroups, ...ofHistory];
