import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Ledger } from '../../../../domain/ledger.ts';
import type { Clock } from '../../../../domain/ports.ts';
import type { Random } from '../../../../domain/random.ts';
import type { ClientSettings } from '../../clients/client-settings.ts';
import type { BudgetTable } from '../budget/item.ts';
import { entries, find, unsettled } from './entries.ts';
import type { Table } from './item.ts';
import { reserve } from './reserve.ts';
import { settle } from './settle.ts';
import { LEASE_MS } from './table.ts';

/** What a function knows about the ledger of its cell. */
export interface LedgerCell {
  readonly ledgerTable: string;
  readonly clients: ClientSettings;
  readonly clock: Clock;
  readonly random: Random;
}

/** A client for the ledger's table, in the function's own region. */
const ledgerClient = (settings: ClientSettings): DynamoDBClient => new DynamoDBClient(settings);

/** The ledger's table with a client for it: make it once per container. */
export const tableOf = ({ ledgerTable: name, clients, clock, random }: LedgerCell): BudgetTable => ({
  dynamoDb: ledgerClient(clients),
  name,
  clock,
  random,
});

/** How long a live invocation keeps a plan to itself, ms. Default: 90 s. */
export interface Lease {
  readonly leaseMs?: number;
}

/** The ledger in a DynamoDB table. */
export const ledger = ({ leaseMs = LEASE_MS, ...table }: Table & Lease): Ledger => ({
  reserve: async (plan, owner) => await reserve(table, plan, { owner, until: table.clock.now() + leaseMs }),
  find: async (groupId, planId) => await find(table, groupId, planId),
  settle: async (outcome) => await settle(table, outcome),
  entries: async (groupId) => await entries(table, groupId),
  unsettled: async (groupId) => await unsettled(table, groupId),
});
