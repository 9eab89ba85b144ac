import { expect } from 'vitest';
import {
  CONFIRMED_AFTER_MS,
  type GroupRecord,
  isConfirmed,
  type NotifiedRule,
  type OpenCase,
  type OwnChange,
  RECORD_KEPT_MS,
  type Recheck,
} from '../../../shared/domain/group-record.ts';
import type { Clause, State } from './clause.ts';
import { GROUP, MINUTE, OTHER_GROUP, START } from './samples.ts';

const SSH = 'ingress tcp 22 22 0.0.0.0/0';
const RDP = 'ingress tcp 3389 3389 0.0.0.0/0';
const WEB = 'ingress tcp 443 443 0.0.0.0/0';

function removed(ruleId: string, at = START): OwnChange {
  return { what: 'removed', ruleId, content: SSH, at };
}

function told(content: string): NotifiedRule {
  return { content, ruleId: 'sgr-1', mode: 'alert', at: START };
}

function openCase(caseId: string): OpenCase {
  return { caseId, planId: `plan-of-${caseId}`, at: START };
}

function recheckAt(at: number, more: Partial<Recheck> = {}): Recheck {
  return {
    at,
    region: 'eu-west-1',
    account: '111122223333',
    ...more,
  };
}

async function recordOf({ records }: State, groupId = GROUP): Promise<GroupRecord | undefined> {
  return (await records.get([groupId])).get(groupId);
}

async function contentsOf(state: State): Promise<readonly string[]> {
  return [...((await recordOf(state))?.contents ?? [])].toSorted();
}

async function dueIn({ records }: State) {
  return (await records.dueForRecheck())
    .map(({ groupId, recheck }) => [groupId, recheck] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** What the cell remembers of each group. */
export const recordClauses: readonly Clause[] = [
  {
    says: 'a group that was never recorded has no record',
    async check({ open }) {
      expect(await open().records.get([GROUP, OTHER_GROUP])).toEqual(new Map());
      expect(await open().records.get([])).toEqual(new Map());
    },
  },
  {
    says: 'the first contents stand, and a later beginning changes nothing',
    async check({ open, clock }) {
      await open().records.begin({ groupId: GROUP, contents: [SSH, WEB], since: START });
      clock.time += MINUTE;
      await open().records.begin({ groupId: GROUP, contents: [RDP], since: clock.time });
      expect(await recordOf(open())).toMatchObject({ groupId: GROUP, since: START, contents: new Set([SSH, WEB]) });
    },
  },
  {
    says: 'a group without rules is recorded as such',
    async check({ open }) {
      await open().records.begin({ groupId: GROUP, contents: [], since: START });
      expect(await recordOf(open())).toMatchObject({ since: START, contents: new Set() });
    },
  },
  {
    says: 'a record is confirmed by its age alone',
    async check({ open }) {
      await open().records.begin({ groupId: GROUP, contents: [SSH], since: START });
      const record = await recordOf(open());
      expect([
        isConfirmed(record!, START + CONFIRMED_AFTER_MS - 1),
        isConfirmed(record!, START + CONFIRMED_AFTER_MS),
      ]).toEqual([false, true]);
    },
  },
  {
    says: 'contents that were added before the beginning stay, and what is remembered before is no beginning',
    async check({ open }) {
      await open().records.change(GROUP, { add: [RDP], remember: { ownChanges: [removed('sgr-1')] } });
      const record = await recordOf(open());
      expect([record?.since, record?.contents]).toEqual([undefined, new Set([RDP])]);
      await open().records.begin({ groupId: GROUP, contents: [SSH], since: START });
      expect(await contentsOf(open())).toEqual([SSH, RDP].toSorted());
    },
  },
  {
    says: 'contents are added and taken away, in one change too',
    async check({ open }) {
      await open().records.begin({ groupId: GROUP, contents: [SSH], since: START });
      await open().records.change(GROUP, { add: [WEB], remove: [SSH, 'ingress tcp 1 1 none'] });
      expect(await contentsOf(open())).toEqual([WEB]);
      await open().records.change(GROUP, { remove: [WEB] });
      expect(await recordOf(open())).toMatchObject({ since: START, contents: new Set() });
    },
  },
  {
    says: 'of a hundred changes at once none is lost, whatever each of them has read before',
    async check({ open }) {
      const before = Array.from({ length: 50 }, (_, i) => `ingress tcp ${i} ${i} old`);
      await open().records.begin({ groupId: GROUP, contents: before, since: START });
      const names = Array.from({ length: 50 }, (_, i) => `ingress tcp ${i} ${i} new`);
      await Promise.all([
        ...names.map(async (content) => await open().records.change(GROUP, { add: [content] })),
        ...before.map(async (content) => await open().records.change(GROUP, { remove: [content] })),
      ]);
      expect(await contentsOf(open())).toEqual(names.toSorted());
    },
  },
  {
    says: 'what was changed by us, told and left open is remembered and forgotten one by one',
    async check({ open }) {
      const { records } = open();
      await records.change(GROUP, {
        remember: { ownChanges: [removed('sgr-1'), { ...removed('sgr-2'), what: 'granted' }] },
      });
      await records.change(GROUP, {
        remember: { ownChanges: [removed('sgr-1')], notified: [told(SSH), told(RDP)], openCases: [openCase('a')] },
      });
      await records.change(GROUP, {
        forget: { ownChanges: [removed('sgr-1')], notified: [told(SSH)], openCases: [openCase('b')] },
      });
      expect(await recordOf(open())).toMatchObject({
        ownChanges: [{ ...removed('sgr-2'), what: 'granted' }],
        notified: [told(RDP)],
        openCases: [openCase('a')],
      });
    },
  },
  {
    says: 'a change that is made from an older snapshot takes nothing away once contents were added since',
    async check({ open, clock }) {
      await open().records.begin({ groupId: GROUP, contents: [SSH], since: START });
      clock.time += MINUTE;
      await open().records.change(GROUP, { add: [WEB] });
      await open().records.change(GROUP, { remove: [SSH, WEB], unlessAddedSince: START + MINUTE - 1 });
      expect(await contentsOf(open())).toEqual([SSH, WEB].toSorted());
      await open().records.change(GROUP, { remove: [SSH], unlessAddedSince: START + MINUTE });
      expect(await contentsOf(open())).toEqual([WEB]);
    },
  },
  {
    says: 'nothing is taken from a record that is not there',
    async check({ open }) {
      await open().records.change(GROUP, { remove: [SSH], forget: { notified: [told(SSH)] } });
      expect((await recordOf(open()))?.since).toBeUndefined();
      expect(await contentsOf(open())).toEqual([]);
    },
  },
  {
    says: 'a group is due from its time on, with the place where it is, and no longer once it was looked at',
    async check({ open, clock }) {
      const recheck = recheckAt(START + MINUTE, { hold: true });
      await open().records.scheduleRecheck(GROUP, recheck);
      await open().records.scheduleRecheck(OTHER_GROUP, recheckAt(START + 2 * MINUTE));
      clock.time = START + MINUTE - 1;
      expect(await dueIn(open())).toEqual([]);
      clock.time += 1;
      expect(await dueIn(open())).toEqual([[GROUP, recheck]]);
      await open().records.completeRecheck(GROUP, recheck);
      expect(await dueIn(open())).toEqual([]);
      clock.time += MINUTE;
      expect(await dueIn(open())).toEqual([[OTHER_GROUP, recheckAt(START + 2 * MINUTE)]]);
    },
  },
  {
    says: 'of two times the earlier one stands, and a limit that either has',
    async check({ open, clock }) {
      await open().records.scheduleRecheck(GROUP, recheckAt(START + 2 * MINUTE));
      await open().records.scheduleRecheck(GROUP, recheckAt(START + 3 * MINUTE));
      await open().records.scheduleRecheck(GROUP, recheckAt(START + MINUTE, { hold: true }));
      await open().records.scheduleRecheck(OTHER_GROUP, recheckAt(START + MINUTE));
      await open().records.scheduleRecheck(OTHER_GROUP, recheckAt(START + 2 * MINUTE, { hold: true }));
      clock.time = START + MINUTE;
      const both = [GROUP, OTHER_GROUP].map((id) => [id, recheckAt(START + MINUTE, { hold: true })]);
      expect(await dueIn(open())).toEqual(both);
    },
  },
  {
    says: 'a group that is made due while a look is under way stays due',
    async check({ open, clock }) {
      const first = recheckAt(START + MINUTE);
      await open().records.scheduleRecheck(GROUP, first);
      clock.time = START + 5 * MINUTE;
      await open().records.scheduleRecheck(GROUP, recheckAt(START + 7 * MINUTE));
      await open().records.completeRecheck(GROUP, first);
      expect(await dueIn(open())).toEqual([[GROUP, recheckAt(START + 5 * MINUTE)]]);
    },
  },
  {
    says: 'a record is kept for 90 days after its last write',
    async check({ open, clock }) {
      await open().records.begin({ groupId: GROUP, contents: [SSH], since: START });
      clock.time += RECORD_KEPT_MS - MINUTE;
      await open().records.change(GROUP, {});
      clock.time += RECORD_KEPT_MS - MINUTE;
      expect(await contentsOf(open())).toEqual([SSH]);
      clock.time += 2 * MINUTE;
      expect(await recordOf(open())).toBeUndefined();
    },
  },
  {
    says: 'a thousand rules of one group and the records of two hundred groups are read whole',
    async check({ open }) {
      const contents = Array.from({ length: 1000 }, (_, i) => `ingress tcp ${i} ${i} 20010db8:0:0:0/48`);
      await open().records.begin({ groupId: GROUP, contents, since: START });
      const ids = Array.from({ length: 200 }, (_, i) => `sg-${String(i).padStart(17, '0')}`).filter(
        (id) => id !== GROUP,
      );
      await Promise.all(ids.map(async (groupId) => await open().records.begin({ groupId, contents: [SSH], since: 0 })));
      const all = await open().records.get([...ids, GROUP]);
      expect([all.size, all.get(GROUP)?.contents.size]).toEqual([200, 1000]);
    },
  },
];
