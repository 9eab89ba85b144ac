import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Plan } from '../model/decision.ts';
import { CallFailed } from '../model/errors.ts';
import type { Clock } from '../model/ports.ts';
import { call } from './call.ts';
import { LEDGER_TABLE } from './ledger-table.ts';

/** What the adapter needs of a DynamoDB client. */
type DynamoDb = Pick<DynamoDBClient, 'send'>;

/** An item as DynamoDB has it. */
export type Item = Readonly<Record<string, AttributeValue>>;

/** The table behind a ledger. */
export interface Table {
  readonly dynamoDb: DynamoDb;
  readonly name: string;
  readonly clock: Pick<Clock, 'now'>;
  /** How long a reservation holds, ms. */
  readonly leaseMs: number;
}

/** Attributes of an entry beside the keys, which the table declares. */
export const ATTRIBUTES = {
  owner: 'owner',
  lease: 'leaseUntil',
  plan: 'plan',
  outcome: 'outcome',
  status: 'status',
} as const;

/** Primary key of a plan's entry. */
export const keyOf = (plan: Plan): Record<string, AttributeValue> => ({
  [LEDGER_TABLE.partitionKey]: { S: plan.decision.group.id },
  [LEDGER_TABLE.sortKey]: { S: plan.id },
});

/** A number as an attribute. */
export const numeric = (value: number): AttributeValue => ({ N: String(value) });

/** A moment as TTL wants it: whole seconds since the epoch. */
export const seconds = (ms: number): AttributeValue => numeric(Math.floor(ms / 1000));

/** The condition of a write did not hold. */
export const isRefused = (error: unknown): error is CallFailed =>
  error instanceof CallFailed && error.code === 'ConditionalCheckFailedException';

/** The item that stood in the way of a write: DynamoDB sends it along; an endpoint that does not is asked. Throws CallFailed. */
export async function standing(table: Table, plan: Plan, refusal: CallFailed): Promise<Item | undefined> {
  if (refusal.cause instanceof ConditionalCheckFailedException && refusal.cause.Item) return refusal.cause.Item;
  const command = new GetItemCommand({ TableName: table.name, Key: keyOf(plan), ConsistentRead: true });
  return (await call('GetItem', table.dynamoDb.send(command))).Item;
}
