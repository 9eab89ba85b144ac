import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Ledger } from '../model/ledger.ts';
import { CLIENT_SETTINGS } from './client-settings.ts';
import { entries, unsettled } from './ledger-entries.ts';
import type { Table } from './ledger-item.ts';
import { reserve } from './ledger-reserve.ts';
import { settle } from './ledger-settle.ts';
import { LEASE_MS } from './ledger-table.ts';

/** A client for the ledger's table, in the function's own region. */
export const ledgerClient = (): DynamoDBClient => new DynamoDBClient(CLIENT_SETTINGS);

/** The ledger in a DynamoDB table. `leaseMs` (default 90 s) is how long a live invocation keeps a plan to itself. */
export function ledger(options: Omit<Table, 'leaseMs'> & Partial<Pick<Table, 'leaseMs'>>): Ledger {
  const table: Table = { leaseMs: LEASE_MS, ...options };
  return {
    reserve: async (plan, owner) => reserve(table, plan, owner),
    settle: async (outcome) => settle(table, outcome),
    entries: async (groupId) => entries(table, groupId),
    unsettled: async (groupId) => unsettled(table, groupId),
  };
}
