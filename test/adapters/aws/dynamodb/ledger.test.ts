import { randomBytes } from 'node:crypto';
import { brotliCompressSync } from 'node:zlib';
import {
  type AttributeValue,
  GetItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { budgetIn } from '../../../../shared/adapters/aws/dynamodb/budget.ts';
import { LEASE_MS, LEDGER_TABLE, planKey } from '../../../../shared/adapters/aws/dynamodb/keys.ts';
import type { Plan } from '../../../../shared/domain/decision.ts';
import { CallFailed, InputInvalid } from '../../../../shared/domain/errors.ts';
import {
  answerAt,
  askedAt,
  DAY,
  episodeOf,
  exemptionOf,
  followUpOf,
  GROUP,
  outcomeOf,
  planOf,
  ruleOf,
  START,
} from '../../../contract/ledger/samples.ts';
import { type LocalTables, localTables, stateIn } from './local-table.ts';

let tables: LocalTables;
let name = '';
const clock = { time: START, now: () => clock.time, sleep: async () => {} };

beforeAll(async () => {
  tables = await localTables();
});
afterAll(async () => tables.close());
beforeEach(async () => {
  clock.time = START;
  name = await tables.create();
});

function open(tableName = name) {
  return stateIn({ dynamoDb: tables.dynamoDb, name: tableName, clock, random: Math.random });
}

async function stored({ decision, id }: Plan) {
  return (
    await tables.dynamoDb.send(new GetItemCommand({ TableName: name, Key: marshall(planKey(decision.group.id, id)) }))
  ).Item;
}

async function everything(IndexName?: string): Promise<readonly Record<string, AttributeValue>[]> {
  return (
    (await tables.dynamoDb.send(new ScanCommand({ TableName: name, ...(IndexName && { IndexName }) }))).Items ?? []
  );
}

function until(ms: number) {
  return String(ms / 1000);
}

/** Counts the calls that reach the table. */
function counted() {
  const calls: string[] = [];
  const send = async (command: Parameters<typeof tables.dynamoDb.send>[0]) => {
    calls.push(command.constructor.name.replace('Command', ''));
    return await tables.dynamoDb.send(command);
  };
  return { calls, dynamoDb: { send: send as typeof tables.dynamoDb.send } };
}

describe('the lease', () => {
  it('is 90 seconds unless it is said otherwise', async () => {
    await open().register.reserve(planOf('a'), 'one');
    clock.time += LEASE_MS - 1;
    expect(await open().register.reserve(planOf('a'), 'two')).toBe('busy');
    clock.time += 1;
    expect(await open().register.reserve(planOf('a'), 'two')).toBe('resume');
  });
});

describe('what one call costs', () => {
  it('is one write for a new plan, one for its settlement, and one query for an entry', async () => {
    const { calls, dynamoDb } = counted();
    const { register } = stateIn({ dynamoDb, name, clock, random: Math.random });
    await register.reserve(planOf('a'), 'one');
    await register.settle(outcomeOf(planOf('a')));
    await register.find(GROUP, planOf('a').id);
    expect(calls).toEqual(['PutItem', 'UpdateItem', 'Query']);
  });

  it('is one query for the state of a group and one for the account, however many plans were settled', async () => {
    for (const letter of 'abcdefgh') {
      await open().register.reserve(planOf(letter), 'one');
      await open().register.settle(outcomeOf(planOf(letter)));
    }
    const { calls, dynamoDb } = counted();
    expect((await stateIn({ dynamoDb, name, clock, random: Math.random }).register.stateOf([GROUP])).entries).toEqual(
      [],
    );
    expect(calls).toEqual(['Query', 'Query']);
  });

  it('is nothing more than the month that the newest are in', async () => {
    for (const letter of 'abc') await open().register.reserve(planOf(letter), 'one');
    const { calls, dynamoDb } = counted();
    expect(await stateIn({ dynamoDb, name, clock, random: Math.random }).register.newest(3)).toHaveLength(3);
    expect(calls).toEqual(['Query', 'Query', 'Query', 'Query']);
  });
});

describe('a list of what waits', () => {
  it('goes on to the last page, however small they are', async () => {
    for (const letter of 'abcdefgh') {
      await open().register.reserve(planOf(letter), 'one');
      await open().register.settle(outcomeOf(planOf(letter), { status: 'held' }));
    }
    const send = async (command: Parameters<typeof tables.dynamoDb.send>[0]) => {
      if (command instanceof QueryCommand) command.input.Limit = 3;
      return await tables.dynamoDb.send(command);
    };
    const { register } = stateIn({
      dynamoDb: { send: send as typeof tables.dynamoDb.send },
      name,
      clock,
      random: Math.random,
    });
    const held = await register.waiting('held');
    expect(held).toHaveLength(8);
    for (const entry of held) await register.recordAnswer(entry, answerAt(START));
    expect(await register.withOpenAnswer()).toHaveLength(8);
  });
});

describe('ends', () => {
  it('are 400 days after a removal, 30 after a report or an answer, and none for what is open or waits', async () => {
    const [removal, report, waits] = [planOf('a'), planOf('b'), planOf('c')];
    for (const plan of [removal, report, waits]) await open().register.reserve(plan, 'one');
    expect(await stored(removal)).not.toHaveProperty(LEDGER_TABLE.ttl);
    await open().register.settle(outcomeOf(removal));
    await open().register.settle(outcomeOf(report, { status: 'reported' }));
    await open().register.settle(outcomeOf(waits, { status: 'pending' }));
    expect((await stored(removal))?.[LEDGER_TABLE.ttl]?.N).toBe(until(START + 400 * DAY));
    expect((await stored(report))?.[LEDGER_TABLE.ttl]?.N).toBe(until(START + 30 * DAY));
    expect(await stored(waits)).not.toHaveProperty(LEDGER_TABLE.ttl);
    const [entry] = await open().register.waiting('pending');
    await open().register.recordAnswer(entry!, answerAt(START + DAY));
    expect((await stored(waits))?.[LEDGER_TABLE.ttl]?.N).toBe(until(START + 31 * DAY));
  });

  it('are taken from what begins again', async () => {
    const plan = planOf('a');
    await open().register.reserve(plan, 'one');
    await open().register.settle(outcomeOf(plan, { status: 'failed' }));
    expect(await stored(plan)).toHaveProperty(LEDGER_TABLE.ttl);
    await open().register.reserve(plan, 'two');
    expect(await stored(plan)).not.toHaveProperty(LEDGER_TABLE.ttl);
  });

  it('come to everything else too, but to the budget', async () => {
    const { register, exemptions, episodes, budget } = open();
    await register.reserve(planOf('a'), 'one');
    await register.settle(outcomeOf(planOf('a')));
    const [entry] = await register.entries(GROUP);
    await register.recordGrant(entry!, followUpOf([]));
    await exemptions.put(exemptionOf('x-1', { until: START + DAY }));
    await exemptions.put(exemptionOf('x-2', { ended: askedAt(START) }));
    await episodes.record([episodeOf('event-1')]);
    await budget.spend('plan', 1, { removalsPerHour: 1 });
    const ends = (await everything()).map(
      (item) => `${item[LEDGER_TABLE.sortKey]?.S?.replace(/[# ].*/, '')} ${item[LEDGER_TABLE.ttl]?.N ?? 'never'}`,
    );
    expect(ends.toSorted()).toEqual([
      'budget never',
      `episode ${until(START + DAY)}`,
      `exemption ${until(START + 400 * DAY)}`,
      `exemption ${until(START + 401 * DAY)}`,
      `plan ${until(START + 400 * DAY)}`,
      `plan ${until(START + 400 * DAY)}`,
    ]);
  });

  it('count though DynamoDB has not deleted the item yet', async () => {
    const plan = planOf('a');
    await open().register.reserve(plan, 'one');
    await open().register.settle(outcomeOf(plan, { status: 'reported' }));
    clock.time += 30 * DAY;
    expect(await stored(plan)).toBeDefined();
    expect(await open().register.find(GROUP, plan.id)).toBeUndefined();
    expect(await open().register.newest(1)).toEqual([]);
    expect(await open().register.reserve(plan, 'two')).toBe('go');
  });
});

describe('the indexes', () => {
  const subjects = async (index: string) => (await everything(index)).length;
  const { current, due, history } = LEDGER_TABLE;

  it('hold only what they are for', async () => {
    const { register, exemptions, episodes, budget } = open();
    const held = async () => [await subjects(current.index), await subjects(due.index), await subjects(history.index)];
    await episodes.record([episodeOf('event-1')]);
    await budget.spend('plan', 1, { removalsPerHour: 1 });
    expect(await held()).toEqual([0, 0, 0]);
    await exemptions.put(exemptionOf('x-1'));
    expect(await held()).toEqual([1, 0, 1]);
    await register.reserve(planOf('a'), 'one');
    await register.reserve(planOf('b'), 'one');
    expect(await held()).toEqual([3, 2, 3]);
    await register.settle(outcomeOf(planOf('a')));
    await register.settle(outcomeOf(planOf('b'), { status: 'held' }));
    expect(await held()).toEqual([1, 1, 3]);
    const [waits] = await register.waiting('held');
    await register.recordAnswer(waits!, answerAt(START));
    expect(await held()).toEqual([1, 1, 3]);
    await register.completeAnswer(waits!, { step: 'answered', data: {}, at: START });
    expect(await held()).toEqual([1, 0, 3]);
  });

  it('hold an entry’s keys and not the entry', async () => {
    await open().register.reserve(planOf('a'), 'one');
    const [pointer] = await everything(history.index);
    expect(Object.keys(pointer ?? {}).toSorted()).toEqual(
      [LEDGER_TABLE.partitionKey, LEDGER_TABLE.sortKey, history.partitionKey, history.sortKey].toSorted(),
    );
  });

  it('split the history by month', async () => {
    await open().register.reserve(planOf('a'), 'one');
    const chapter = async (month: string) =>
      (
        await tables.dynamoDb.send(
          new QueryCommand({
            TableName: name,
            IndexName: history.index,
            KeyConditionExpression: '#chapter = :month',
            ExpressionAttributeNames: { '#chapter': history.partitionKey },
            ExpressionAttributeValues: { ':month': { S: month } },
          }),
        )
      ).Count;
    expect(await chapter('2026-05')).toBe(1);
    expect(await chapter('2026-04')).toBe(0);
  });

  it('may lag: what they still point to is read as it is now', async () => {
    const plan = planOf('a');
    await open().register.reserve(plan, 'one');
    const before = await stored(plan);
    await open().register.settle(outcomeOf(plan));
    await tables.dynamoDb.send(
      new UpdateItemCommand({
        TableName: name,
        Key: marshall(planKey(GROUP, plan.id)),
        UpdateExpression: 'SET #as = :as, #due = :due',
        ExpressionAttributeNames: { '#as': due.partitionKey, '#due': due.sortKey },
        ExpressionAttributeValues: {
          ':as': before![due.partitionKey]!,
          ':due': { N: '0' },
        },
      }),
    );
    expect(await subjects(due.index)).toBe(1);
    expect((await open().register.stateOf([GROUP])).entries).toEqual([]);
    expect(await open().register.abandoned()).toEqual([]);
  });
});

describe('sizes', () => {
  const heavy = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      ruleOf(`sgr-${index.toString(16).padStart(17, '0')}`, randomBytes(190).toString('base64')),
    );

  it('of a thousand rules with descriptions that do not compress fit, and come back exactly', async () => {
    const plan = planOf('a', { rules: heavy(1000) });
    expect(await open().register.reserve(plan, 'one')).toBe('go');
    await open().register.settle(outcomeOf(plan, { removed: plan.decision.rules.slice(0, 300) }));
    const [entry] = await open().register.entries(GROUP);
    await open().register.recordGrant(entry!, followUpOf(plan.decision.rules));
    const noted = await open().register.find(GROUP, plan.id);
    expect(noted?.plan).toEqual(plan);
    expect(noted?.outcome?.removed).toEqual(plan.decision.rules.slice(0, 300));
    expect(noted?.postRemovalGrants[0]?.granted).toEqual(plan.decision.rules);
  });

  it('beyond a query’s megabyte are read on', async () => {
    for (const letter of 'abcdefgh') await open().register.reserve(planOf(letter, { rules: heavy(700) }), 'one');
    expect(await open().register.entries(GROUP)).toHaveLength(8);
  });

  it('of a budget of thousands of small removals fit', async () => {
    const plans = Array.from({ length: 5000 }, () => ({
      planId: randomBytes(13).toString('hex'),
      removals: 1,
      at: START,
    }));
    const { budget } = open();
    await budget.spend('first', 1, { removalsPerHour: 10_000 });
    await tables.dynamoDb.send(
      new UpdateItemCommand({
        TableName: name,
        Key: { [LEDGER_TABLE.partitionKey]: { S: 'account' }, [LEDGER_TABLE.sortKey]: { S: 'budget' } },
        UpdateExpression: 'SET taken = :taken',
        ExpressionAttributeValues: { ':taken': { B: brotliCompressSync(JSON.stringify(plans)) } },
      }),
    );
    expect(await budget.spend('next', 1, { removalsPerHour: 10_000 })).toBe('taken');
    expect(await budget.spend('too much', 5000, { removalsPerHour: 10_000 })).toBe('spent');
  });
});

describe('faults', () => {
  it.each([
    ['PutItem', async () => await open('nowhere').register.reserve(planOf('a'), 'one')],
    ['UpdateItem', async () => await open('nowhere').register.settle(outcomeOf(planOf('a')))],
    ['Query', async () => await open('nowhere').register.find(GROUP, planOf('a').id)],
    ['Query', async () => await open('nowhere').register.waiting('held')],
    ['GetItem', async () => await open('nowhere').budget.spend('a', 1, { removalsPerHour: 1 })],
    ['Query', async () => await open('nowhere').exemptions.active([GROUP])],
    ['PutItem', async () => await open('nowhere').episodes.record([episodeOf('event-1')])],
  ])('of %s are CallFailed with the code', async (call, attempt) => {
    const failure: unknown = await attempt().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CallFailed);
    expect(failure).toMatchObject({ call, code: 'ResourceNotFoundException', retryable: false });
  });

  it('name the attribute that is not what it should be', async () => {
    const plan = planOf('a');
    await open().register.reserve(plan, 'one');
    await tables.dynamoDb.send(
      new UpdateItemCommand({
        TableName: name,
        Key: marshall(planKey(GROUP, plan.id)),
        UpdateExpression: 'SET #plan = :nothing',
        ExpressionAttributeNames: { '#plan': 'plan' },
        ExpressionAttributeValues: { ':nothing': { N: '7' } },
      }),
    );
    await expect(open().register.find(GROUP, plan.id)).rejects.toThrow(InputInvalid);
    await expect(open().register.find(GROUP, plan.id)).rejects.toThrow(/attribute plan: expected text or bytes/);
  });

  it('of a budget that rivals never leave alone are left to a later try', async () => {
    await open().budget.spend('first', 1, { removalsPerHour: 5 });
    const pauses: number[] = [];
    const contested = budgetIn({
      name,
      clock: { now: clock.now, sleep: async (ms) => void pauses.push(ms) },
      random: Math.random,
      dynamoDb: {
        send: (async (command: Parameters<typeof tables.dynamoDb.send>[0]) => {
          if (command instanceof UpdateItemCommand) await open().budget.resume(askedAt(START));
          return await tables.dynamoDb.send(command);
        }) as typeof tables.dynamoDb.send,
      },
    });
    const failure: unknown = await contested.spend('a', 1, { removalsPerHour: 5 }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'ConditionalCheckFailedException', retryable: true });
    expect(pauses).toHaveLength(29);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(2000);
  });
});
