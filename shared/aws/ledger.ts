import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Ledger } from '../model/ledger.ts';
import { CLIENT_SETTINGS } from './client-settings.ts';
import { find, unsettled } from './ledger-entries.ts';
import type { Table } from './ledger-item.ts';
import { reserve } from './ledger-reserve.ts';
import { settle } from './ledger-settle.ts';
import { LEASE_MS } from './ledger-table.ts';

/** A client for the ledger's table, in the function's own region. */
export const ledgerClient = (): DynamoDBClient => new DynamoDBClient(CLIENT_SETTINGS);

/** How long a live invocation keeps a plan to itself, ms. Default: 90 s. */
export interface Lease {
  readonly leaseMs?: number;
}

/** The ledger in a DynamoDB table. */
export const ledger = ({ leaseMs = LEASE_MS, ...table }: Table & Lease): Ledger => ({
  reserve: async (plan, owner) => await reserve(table, plan, { owner, until: table.clock.now() + leaseMs }),
  find: async (groupId, planId) => await find(table, groupId, planId),
  settle: async (outcome) => await settle(table, outcome),
  unsettled: async (groupId) => await unsettled(table, groupId),
});
