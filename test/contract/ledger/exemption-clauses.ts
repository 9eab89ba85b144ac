import { expect } from 'vitest';
import type { Clause, Subject } from './clause.ts';
import { askedAt, DAY, exemptionOf, GROUP, OTHER_GROUP, START } from './samples.ts';

async function liveIds({ open }: Subject, ...groupIds: readonly string[]) {
  return (await open().exemptions.active(groupIds)).map(({ id }) => id).toSorted();
}

/** What exemptions are kept and found by. */
export const exemptionClauses: readonly Clause[] = [
  {
    says: 'those of the groups and those of every group are live, whole',
    async check(subject) {
      const { open } = subject;
      const ports = { tcp: [{ from: 22, to: 22 }], udp: [] };
      const mine = exemptionOf('x-1', { scope: { groupId: GROUP, ports } });
      for (const one of [
        mine,
        exemptionOf('x-2', { scope: { control: 'world-open-admin' } }),
        exemptionOf('x-3', { scope: { groupId: OTHER_GROUP } }),
      ])
        await open().exemptions.put(one);
      expect(await liveIds(subject, GROUP)).toEqual(['x-1', 'x-2']);
      expect(await liveIds(subject, GROUP, OTHER_GROUP, GROUP)).toEqual(['x-1', 'x-2', 'x-3']);
      expect(await liveIds(subject)).toEqual(['x-2']);
      expect((await open().exemptions.active([GROUP])).find(({ id }) => id === 'x-1')).toEqual(mine);
    },
  },
  {
    says: 'one that has run out, was taken back, or is yet to begin is not live',
    async check(subject) {
      const { open, clock } = subject;
      await open().exemptions.put(exemptionOf('x-1', { until: START + DAY }));
      await open().exemptions.put(exemptionOf('x-2', { ended: askedAt(START) }));
      await open().exemptions.put(exemptionOf('x-3', { at: START + DAY }));
      expect(await liveIds(subject, GROUP)).toEqual(['x-1']);
      clock.time += DAY;
      expect(await liveIds(subject, GROUP)).toEqual(['x-3']);
    },
  },
  {
    says: 'putting it again overwrites it',
    async check(subject) {
      const { open } = subject;
      await open().exemptions.put(exemptionOf('x-1'));
      const renewed = exemptionOf('x-1', { until: START + 60 * DAY, renewed: [askedAt(START)] });
      await open().exemptions.put(renewed);
      expect(await open().exemptions.find('x-1')).toEqual(renewed);
      expect(await open().exemptions.all()).toEqual([renewed]);
      await open().exemptions.put({ ...renewed, ended: askedAt(START + 1) });
      expect(await liveIds(subject, GROUP)).toEqual([]);
      expect(await open().exemptions.all()).toHaveLength(1);
    },
  },
  {
    says: 'one that has ended is not revived by writing it without its end, and its end can be written again',
    async check(subject) {
      const { open } = subject;
      await open().exemptions.put(exemptionOf('x-1'));
      const ended = exemptionOf('x-1', { ended: askedAt(START + 1) });
      await open().exemptions.put(ended);
      await open().exemptions.put(exemptionOf('x-1', { until: START + 60 * DAY }));
      await open().exemptions.put(ended);
      expect(await liveIds(subject, GROUP)).toEqual([]);
      expect(await open().exemptions.find('x-1')).toEqual(ended);
    },
  },
  {
    says: 'one is found by its id, and none by another',
    async check({ open }) {
      const account = exemptionOf('x-2', { scope: { control: 'world-open-admin' } });
      await open().exemptions.put(exemptionOf('x-1'));
      await open().exemptions.put(account);
      expect(await open().exemptions.find('x-1')).toEqual(exemptionOf('x-1'));
      expect(await open().exemptions.find('x-2')).toEqual(account);
      expect(await open().exemptions.find('x')).toBeUndefined();
      expect(await open().exemptions.find('x'.repeat(1025))).toBeUndefined();
    },
  },
  {
    says: 'all are listed, newest first, until they have been over for 400 days',
    async check({ open, clock }) {
      await open().exemptions.put(exemptionOf('x-9', { at: START - 2, until: START + DAY }));
      await open().exemptions.put(exemptionOf('x-5', { at: START - 1, ended: askedAt(START) }));
      await open().exemptions.put(exemptionOf('x-7', { scope: { groupId: OTHER_GROUP } }));
      const ids = async () => (await open().exemptions.all()).map(({ id }) => id);
      expect(await ids()).toEqual(['x-7', 'x-5', 'x-9']);
      clock.time += 400 * DAY;
      expect(await ids()).toEqual(['x-7', 'x-9']);
      expect(await open().exemptions.find('x-5')).toBeUndefined();
      clock.time += DAY;
      expect(await ids()).toEqual(['x-7']);
    },
  },
];
