import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { remediationId } from '../../../shared/domain/remediation-id.ts';
import type { Clause, Subject } from './clause.ts';
import { DAY, followUpOf, GROUP, outcomeOf, planOf, ruleOf, START } from './samples.ts';

async function settledOne({ open }: Subject) {
  const plan = planOf('a');
  await open().register.reserve(plan, 'one');
  await open().register.settle(outcomeOf(plan));
  const entry = await open().register.find(GROUP, plan.id);
  return entry!;
}

/** What is noted on entries. */
export const noteClauses: readonly Clause[] = [
  {
    says: 'follow-ups and finished steps are on the entry in the order in which they were noted, wherever it is read',
    async check(subject) {
      const { open } = subject;
      const entry = await settledOne(subject);
      const followUps = [followUpOf([ruleOf('sgr-2')], START + 5), followUpOf([ruleOf('sgr-3')], START)];
      const steps = Array.from({ length: 12 }, (_, place) => ({ step: `step ${place}`, data: { place }, at: START }));
      const { register } = open();
      for (const one of followUps) await register.recordGrant(entry, one);
      for (const one of steps) await register.recordStep(entry, one);
      const noted = { ...entry, postRemovalGrants: followUps, completedSteps: steps };
      expect(await open().register.find(GROUP, entry.plan.id)).toEqual(noted);
      expect(await open().register.entries(GROUP)).toEqual([noted]);
      expect(await open().register.findById(remediationId(entry.plan))).toEqual(noted);
      expect(await open().register.newest(1)).toEqual([noted]);
    },
  },
  {
    says: 'notes are of one plan only',
    async check(subject) {
      const { open } = subject;
      const entry = await settledOne(subject);
      await open().register.reserve(planOf('b'), 'one');
      await open().register.recordGrant(entry, followUpOf([ruleOf('sgr-2')]));
      expect((await open().register.find(GROUP, planOf('b').id))?.postRemovalGrants).toEqual([]);
    },
  },
  {
    says: 'notes stay when what failed begins again, and are gone with the entry',
    async check({ open, clock }) {
      const plan = planOf('a');
      await open().register.reserve(plan, 'one');
      const entry = await open().register.find(GROUP, plan.id);
      const followUp = followUpOf([ruleOf('sgr-2')]);
      await open().register.recordGrant(entry!, followUp);
      await open().register.settle(outcomeOf(plan, { status: 'failed' }));
      clock.time += DAY;
      await open().register.reserve(planOf('a', { at: clock.time }), 'two');
      expect(await open().register.find(GROUP, plan.id)).toMatchObject({ postRemovalGrants: [followUp] });
      await open().register.settle(outcomeOf(plan, { status: 'reported', at: clock.time }));
      clock.time += 31 * DAY;
      await open().register.reserve(planOf('a', { at: clock.time }), 'three');
      expect((await open().register.find(GROUP, plan.id))?.postRemovalGrants).toEqual([]);
    },
  },
  {
    says: 'a removal of a thousand rules with tags is on record, and so is each time that all were given back',
    async check({ open }) {
      const rules = Array.from({ length: 1000 }, (_, index) => ({
        ...ruleOf(`sgr-${index.toString(16).padStart(17, '0')}`, randomBytes(40).toString('base64')),
        tags: { owner: randomBytes(60).toString('base64') },
      }));
      const granted = rules.map((rule) => ({ ...rule, id: `sgr-${randomBytes(8).toString('hex')}` }));
      const plan = planOf('a', { rules });
      await open().register.reserve(plan, 'one');
      await open().register.settle(outcomeOf(plan));
      const entry = (await open().register.find(GROUP, plan.id))!;
      expect(entry.outcome?.removed).toEqual(rules);
      const refused = rules.map((rule) => ({ rule, reason: 'it stands already' }));
      const followUps = [followUpOf(granted), { ...followUpOf([]), refused }, followUpOf(granted)];
      const { register } = open();
      for (const one of followUps) await register.recordGrant(entry, one);
      expect((await open().register.find(GROUP, plan.id))?.postRemovalGrants).toEqual(followUps);
    },
  },
];
