import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { burstsIn, closedBursts } from '../../../../shared/adapters/aws/dynamodb/bursts.ts';
import type { Table } from '../../../../shared/adapters/aws/dynamodb/table.ts';
import { gist, MINUTE, START } from '../../../contract/ledger/samples.ts';
import { underEveryFault } from '../../../remediation/faulty.ts';
import { type LocalTables, localTables } from './local-table.ts';

let tables: LocalTables;
beforeAll(async () => {
  tables = await localTables();
});
afterAll(async () => await tables.close());

const OVER = 3 * MINUTE;

/** A table whose minute at `START` is full, with one gathered; `at` is what its clock says. */
async function full() {
  const clock = { time: START };
  const table: Table = {
    dynamoDb: tables.dynamoDb,
    name: await tables.create(),
    clock: { now: () => clock.time, sleep: async () => {} },
    random: Math.random,
  };
  const storms = burstsIn(table);
  expect([await storms.admit(gist(1), 1), await storms.admit(gist(2), 1)]).toEqual(['alone', 'gathered']);
  return { clock, table, storms };
}

/** Storms of an invocation that pauses before its call number `at`, while something else goes on. */
function pausedBefore(table: Table, at: number, meanwhile: () => Promise<void>) {
  let calls = 0;
  const send: Table['dynamoDb']['send'] = async (...args: readonly unknown[]) => {
    calls += 1;
    if (calls === at) await meanwhile();
    return await Reflect.apply(table.dynamoDb.send, table.dynamoDb, args);
  };
  return burstsIn({ ...table, dynamoDb: { send } });
}

describe('a slow invocation', () => {
  it.each([1, 2, 3, 4])(
    'that is overtaken by the digest before its call %i adds nothing to what was told, and is told later',
    async (call) => {
      const { clock, table, storms } = await full();
      const told: string[] = [];
      const tell = async () => {
        for (const storm of await storms.finished()) {
          told.push(...storm.gists.map(({ id }) => id));
          await storms.remove(storm);
        }
      };
      const slow = pausedBefore(table, call, async () => {
        clock.time += OVER;
        await tell();
      });
      const answer = await slow.admit(gist(3), 1);
      clock.time += OVER;
      await tell();
      await tell();
      expect(told.filter((id) => id === gist(2).id)).toHaveLength(1);
      expect(answer === 'alone' || told.includes(gist(3).id)).toBe(true);
    },
  );

  it('that put its gist just before the minute was closed and died has it told, by the digest or by the next', async () => {
    const { clock, table, storms } = await full();
    clock.time = START + OVER - 1;
    const dying = pausedBefore(table, 4, async () => await Promise.reject(new Error('the invocation died')));
    await expect(dying.admit(gist(3), 1)).rejects.toThrow('the invocation died');
    clock.time += 1;
    const before = await storms.finished();
    const answer = await storms.admit(gist(3), 1);
    clock.time += OVER;
    const told = [...before, ...(await storms.finished())].flatMap(({ gists }) => gists.map(({ id }) => id));
    expect(answer === 'alone' || told.includes(gist(3).id)).toBe(true);
  });
});

it('an outcome is told by itself or gathered, whichever call breaks, and however late the retry', async () => {
  const delays = [0, OVER];
  for (const delay of delays)
    await underEveryFault({
      make: async () => ({ ...(await full()), answers: [] as string[] }),
      run: async ({ table, answers }, wrap) => {
        const storms = burstsIn({ ...table, dynamoDb: wrap(table.dynamoDb) });
        answers.push(await storms.admit(gist(3), 1));
      },
      between: ({ clock }) => void (clock.time += delay),
      check: async ({ clock, storms, answers }) => {
        clock.time += 2 * OVER;
        const told = (await storms.finished()).flatMap(({ gists }) => gists.map(({ id }) => id));
        expect(answers.at(-1) === 'alone' || told.includes(gist(3).id)).toBe(true);
      },
    });
});

it('no further minute is read once there are gists enough for a message', async () => {
  const { clock, table, storms } = await full();
  for (const minute of [1, 2]) {
    clock.time = START + minute * MINUTE;
    const all = [1, 2, 3].map((number) => gist(minute * 10 + number, { at: clock.time }));
    await Promise.all(all.map(async (one) => await storms.admit(one, 1)));
  }
  clock.time += OVER;
  expect((await closedBursts(table, 2)).map(({ gists }) => gists.length)).toEqual([1, 2]);
  for (const storm of await closedBursts(table, 2)) await storms.remove(storm);
  expect((await closedBursts(table, 2)).map(({ gists }) => gists.length)).toEqual([2]);
});
