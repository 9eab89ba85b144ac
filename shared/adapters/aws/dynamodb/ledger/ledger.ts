import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Ledger } from '../../../../domain/ledger.ts';
import type { Clock, Random } from '../../../../domain/runtime.ts';
import type { ClientSettings } from '../../clients/settings.ts';
import type { BudgetTable } from '../budget.ts';
import { LEASE_MS } from '../keys.ts';
import type { Table } from '../table.ts';
import { entries, find, unsettled } from './read.ts';
import { reserve, settle } from './reserve.ts';

/** What a function knows about the ledger of its cell. */
export interface LedgerCell {
  readonly ledgerTable: string;
  readonly clients: ClientSettings;
  readonly clock: Clock;
  readonly random: Random;
}

/** A client for the ledger's table, in the function's own region. */
function ledgerClient(settings: ClientSettings): DynamoDBClient {
  return new DynamoDBClient(settings);
}

/** The ledger's table with a client for it: make it once per container. */
export function tableOf({ ledgerTable: name, clients, clock, random }: LedgerCell): BudgetTable {
  return {
    dynamoDb: ledgerClient(clients),
    name,
    clock,
    random,
  };
}

/** How long a live invocation keeps a plan to itself, ms. Default: 90 s. */
export interface LeaseOption {
  readonly leaseMs?: number;
}

/** The ledger in a DynamoDB table. */
export function ledger({ leaseMs = LEASE_MS, ...table }: Table & LeaseOption): Ledger {
  return {
    reserve: async (plan, owner) => await reserve(table, plan, { owner, until: table.clock.now() + leaseMs }),
    find: async (groupId, planId) => await find(table, groupId, planId),
    settle: async (outcome) => await settle(table, outcome),
    entries: async (groupId) => await entries(table, groupId),
    unsettled: async (groupId) => await unsettled(table, groupId),
  };
}
