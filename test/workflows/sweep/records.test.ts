import { describe, expect, it } from 'vitest';
import type { Policy } from '../../../shared/domain/policy.ts';
import { canonicalKey } from '../../../shared/network/rule-key.ts';
import { runDueWork } from '../../../shared/workflows/schedule/run-due-work.ts';
import { change, GUARD, rule } from '../../remediation/cell.ts';
import { underEveryFault } from '../../remediation/faulty.ts';
import { MINUTE, timeline } from '../../remediation/timeline.ts';
import { through } from '../grants/world.ts';
import { groupNo, swept, UNLIMITED } from './world.ts';

const WORLD = '0.0.0.0/0';
const HOUR = 60 * MINUTE;

const CLOSING: Policy = {
  ...GUARD,
  budget: { removalsPerHour: 1000, sweepShare: 0.1 },
  controls: { ...GUARD.controls, 'world-open-admin': { ...GUARD.controls['world-open-admin']!, existing: 'enforce' } },
};

function closed(number: number) {
  return groupNo(number, [rule('tcp', 443, '10.0.0.0/8')]);
}
function open(number: number) {
  return groupNo(number, [rule('tcp', 22, WORLD)]);
}
const many = Array.from({ length: 20 }, (_, i) => closed(i + 100));

describe('the records of a sweep', () => {
  it('are begun for every group, with all its rules', async () => {
    const groups = [open(1), closed(2), groupNo(3, [])];
    const world = swept(groups, { ...GUARD, ...UNLIMITED }, { recorded: [] });
    await world.sweep();
    for (const { id, rules } of groups) {
      const record = (await world.records.get([id])).get(id);
      expect(record).toMatchObject({ since: world.clock.at, contents: new Set(rules.map(canonicalKey)) });
    }
    expect(world.told).toEqual([]);
  });

  it('cost no write where nothing has changed, and lose what a group no longer has', async () => {
    const group = groupNo(1, [rule('tcp', 443, WORLD), rule('tcp', 80, WORLD)]);
    const world = swept([group], { ...GUARD, ...UNLIMITED });
    const writes: unknown[] = [];
    const { records } = world.cell.ports;
    const noted = {
      get: async (...args: Parameters<typeof records.get>) => await records.get(...args),
      begin: async (...args: Parameters<typeof records.begin>) => {
        writes.push(args);
        await records.begin(...args);
      },
      change: async (...args: Parameters<typeof records.change>) => {
        writes.push(args);
        await records.change(...args);
      },
    };
    Object.assign(world.cell.ports, { records: noted });
    await world.sweep();
    expect(writes).toEqual([]);
    world.ec2.put({ ...group, rules: group.rules.slice(0, 1) });
    world.clock.at += HOUR;
    await world.sweep();
    expect(writes).toHaveLength(1);
    const record = (await world.records.get([group.id])).get(group.id);
    expect(record?.contents).toEqual(new Set(group.rules.slice(0, 1).map(canonicalKey)));
  });

  it('keep what was recorded while the page was read', async () => {
    const group = groupNo(1, [rule('tcp', 443, WORLD)]);
    const world = swept([groupNo(1, [])], { ...GUARD, ...UNLIMITED }, { recorded: [groupNo(1, [])] });
    await world.records.change(group.id, { add: group.rules.map(canonicalKey) });
    await world.sweep();
    expect((await world.records.get([group.id])).get(group.id)?.contents.size).toBe(1);
  });

  it('are renewed before they run out', async () => {
    const world = swept([closed(1)], { ...GUARD, ...UNLIMITED });
    for (let day = 0; day < 400; day += 20) {
      await world.sweep();
      world.clock.at += 20 * 24 * HOUR;
    }
    expect((await world.records.get([closed(1).id])).get(closed(1).id)?.since).toBe(0);
  });
});

describe('the share of a sweep', () => {
  it('is of existing rules alone: new rules in many groups are closed, and nobody is told of a sweep that is held', async () => {
    const groups = [...many, ...[1, 2, 3, 4, 5].map(open)];
    const recorded = groups.map((group) => (group.id < many[0]!.id ? { ...group, rules: [] } : group));
    const world = timeline(groups, { policy: CLOSING, recorded });
    world.sweepAt(MINUTE);
    await world.runUntil(2 * MINUTE);
    expect(world.told.map(({ status, removed }) => [status, removed.length])).toEqual(
      Array.from({ length: 5 }, () => ['done', 1]),
    );
    expect([world.news, world.account().charged]).toEqual([[], []]);
  });

  it('holds existing rules, and new ones beside them go all the same', async () => {
    const old = [1, 2, 3, 4, 5].map(open);
    const fresh = { ...rule('tcp', 3306, WORLD), groupId: old[0]!.id };
    const groups = [{ ...old[0]!, rules: [...old[0]!.rules, fresh] }, ...old.slice(1), ...many];
    const world = timeline(groups, { policy: CLOSING, recorded: [...old, ...many] });
    world.sweepAt(MINUTE);
    await world.runUntil(2 * MINUTE);
    expect(world.news.map(({ what }) => what)).toEqual(['sweep-held']);
    expect(world.told.flatMap(({ removed }) => removed)).toEqual([fresh]);
    expect(await world.ledger.waiting('held')).toHaveLength(5);
  });

  it('still holds what a first sweep has only recorded, when the groups are looked at again', async () => {
    const world = timeline([...many, ...[1, 2, 3, 4, 5].map(open)], { policy: CLOSING, recorded: [] });
    world.sweepAt(MINUTE);
    await world.runUntil(10 * MINUTE);
    expect([world.told, await world.ledger.waiting('held')]).toEqual([[], []]);
    await world.runUntil(30 * MINUTE);
    expect(world.told).toEqual([]);
    expect(await world.ledger.waiting('held')).toHaveLength(5);
    expect(world.news.map(({ what }) => what)).toEqual(['sweep-held']);
  });
});

describe('a group that is due', () => {
  it('is looked at once it is time, and no more once the request was accepted, whichever call breaks', async () => {
    await expect(
      underEveryFault({
        make: async () => {
          const world = swept([open(1)], { ...GUARD, ...UNLIMITED }, { recorded: [] });
          await world.run(
            change([], {
              id: 'event',
              trigger: 'rules-modified',
              scope: { by: 'group-id', ids: [open(1).id] },
              added: { kind: 'rules', ids: [], contents: [] },
            }),
          );
          world.looked.length = 0;
          world.clock.at += 15 * MINUTE;
          return world;
        },
        run: async ({ grantCell }, wrap) => await runDueWork(through(grantCell, wrap)),
        check: async ({ looked, grantCell }) => {
          expect(new Set(looked)).toEqual(new Set([`${open(1).id} eu-west-1`]));
          expect(await grantCell.ports.records.dueForRecheck()).toEqual([]);
        },
      }),
    ).resolves.toBeGreaterThan(5);
  });

  it('is asked for with up to ninety-nine others', async () => {
    const groups = Array.from({ length: 250 }, (_, i) => open(i + 1));
    const world = swept(groups, { ...GUARD, ...UNLIMITED });
    const due = { at: world.clock.at, region: 'eu-west-1', account: '111122223333' };
    for (const { id } of groups) await world.records.scheduleRecheck(id, due);
    const sizes: number[] = [];
    const { ports } = world.grantCell;
    const look: typeof ports.reevaluation.requestEvaluation = async (ids) => void sizes.push(ids.length);
    const done = await runDueWork({
      ...world.grantCell,
      ports: { ...ports, reevaluation: { ...ports.reevaluation, requestEvaluation: look } },
    });
    expect([sizes, done.length, await world.records.dueForRecheck()]).toEqual([[100, 100, 50], 1, []]);
  });
});
