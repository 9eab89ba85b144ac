import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DELIVERY_LEASE_MS, deliveriesIn } from '../../../shared/adapters/aws/dynamodb/deliveries.ts';
import { FUNCTIONS } from '../../../shared/catalogue.ts';
import { type LocalTables, localTables } from '../../adapters/aws/dynamodb/local-table.ts';
import { START } from '../../notifications/dispatch/samples.ts';
import { LEASE_MS } from './clause.ts';
import { deliveriesContract } from './contract.ts';

describe('in DynamoDB', () => {
  let tables: LocalTables;
  beforeAll(async () => {
    tables = await localTables();
  });
  afterAll(() => tables.close());

  deliveriesContract(async () => {
    const name = await tables.create();
    const clock = { time: START };
    const table = {
      dynamoDb: tables.dynamoDb,
      name,
      clock: { now: () => clock.time, sleep: async () => {} },
      random: Math.random,
    };
    return { open: () => deliveriesIn(table, LEASE_MS), clock };
  });

  test('a claim outlives the invocation that made it', () => {
    expect(DELIVERY_LEASE_MS).toBeGreaterThan(FUNCTIONS.onAlert.timeoutSeconds * 1000);
  });
});
