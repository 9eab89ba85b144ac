import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe } from 'vitest';
import { type LocalTables, localTables, stateIn } from '../../adapters/aws/dynamodb/local-table.ts';
import { LEASE_MS } from './clause.ts';
import { ledgerContract } from './contract.ts';
import { START } from './samples.ts';

describe('in DynamoDB', () => {
  let tables: LocalTables;
  beforeAll(async () => {
    tables = await localTables();
  });
  afterAll(() => tables.close());

  ledgerContract(async () => {
    const name = await tables.create();
    const clock = { time: START };
    const waiting = { now: () => clock.time, sleep: async (ms: number) => await sleep(ms) };
    const open = () => stateIn({ dynamoDb: tables.dynamoDb, name, clock: waiting, random: Math.random }, LEASE_MS);
    return { open, clock };
  });
});
