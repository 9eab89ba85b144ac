import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inMemoryConfirmations } from '../../../../cli/commands/simulate/in-memory-stores.ts';
import { confirmationsIn } from '../../../../shared/adapters/aws/dynamodb/confirmations.ts';
import type { Confirmations, PendingConfirmation } from '../../../../shared/domain/ledger.ts';
import { type LocalTables, localTables } from './local-table.ts';

const START = Date.parse('2026-05-01T12:00:00Z');

const TAGS: PendingConfirmation = {
  what: 'exemption',
  eventId: 'event-1',
  account: '111122223333',
  region: 'eu-west-1',
  groupId: 'sg-1',
  since: START,
  because: 'CloudTrail has no event event-1',
  asked: { by: { name: 'ann', through: 'tag' }, reason: 'the vendor moves', at: START },
};

const { asked: _, ...common } = TAGS;
const RULES = { ...common, what: 'restore', planId: 'plan-1', since: START - 1 } as const satisfies PendingConfirmation;

function contract(empty: () => Promise<Confirmations>) {
  it('keeps what waits, the oldest first, until it is done', async () => {
    const store = await empty();
    await store.add(TAGS);
    await store.add(RULES);
    expect(await store.pending()).toEqual([RULES, TAGS]);
    await store.remove(RULES);
    await store.remove(RULES);
    expect(await store.pending()).toEqual([TAGS]);
  });

  it('counts the time from the first try', async () => {
    const store = await empty();
    await store.add(TAGS);
    await store.add({ ...TAGS, since: START + 1000, because: 'another' });
    expect(await store.pending()).toEqual([TAGS]);
  });

  it('tells plans of one event apart', async () => {
    const store = await empty();
    await store.add(RULES);
    await store.add({ ...RULES, planId: 'plan-2' });
    expect(await store.pending()).toHaveLength(2);
  });
}

describe('what waits for CloudTrail, in memory', () => {
  contract(async () => inMemoryConfirmations());
});

describe('what waits for CloudTrail, in the ledger', () => {
  let tables: LocalTables;
  beforeAll(async () => {
    tables = await localTables();
  });
  afterAll(async () => await tables.close());
  contract(async () => {
    const clock = { now: () => START, sleep: async () => {} };
    return confirmationsIn({ dynamoDb: tables.dynamoDb, name: await tables.create(), clock, random: () => 0 });
  });
});
