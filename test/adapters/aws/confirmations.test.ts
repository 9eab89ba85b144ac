import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { offlineConfirmations } from '../../../cli/offline/records.ts';
import { confirmationsIn } from '../../../shared/adapters/aws/dynamodb/confirmations.ts';
import type { Confirmations, Unconfirmed } from '../../../shared/domain/requests/confirmation.ts';
import { type LocalTables, localTables } from './local-table.ts';

const START = Date.parse('2026-05-01T12:00:00Z');

const TAGS: Unconfirmed = {
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
const RULES: Unconfirmed = { ...common, what: 'restore', planId: 'plan-1', since: START - 1 };

const contract = (empty: () => Promise<Confirmations>) => {
  it('keeps what waits, the oldest first, until it is done', async () => {
    const store = await empty();
    await store.wait(TAGS);
    await store.wait(RULES);
    expect(await store.waiting()).toEqual([RULES, TAGS]);
    await store.done(RULES);
    await store.done(RULES);
    expect(await store.waiting()).toEqual([TAGS]);
  });

  it('counts the time from the first try', async () => {
    const store = await empty();
    await store.wait(TAGS);
    await store.wait({ ...TAGS, since: START + 1000, because: 'another' });
    expect(await store.waiting()).toEqual([TAGS]);
  });

  it('tells plans of one event apart', async () => {
    const store = await empty();
    await store.wait(RULES);
    await store.wait({ ...RULES, planId: 'plan-2' });
    expect(await store.waiting()).toHaveLength(2);
  });
};

describe('what waits for CloudTrail, in memory', () => {
  contract(async () => offlineConfirmations());
});

describe('what waits for CloudTrail, in the ledger', () => {
  let tables: LocalTables;
  beforeAll(async () => {
    tables = await localTables();
  });
  afterAll(async () => await tables.close());
  contract(async () => {
    const clock = { now: () => START };
    return confirmationsIn({ dynamoDb: tables.dynamoDb, name: await tables.create(), clock, random: () => 0 });
  });
});
