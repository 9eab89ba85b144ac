import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
} from '@aws-sdk/client-dynamodb';
import { CallFailed } from '../../../../domain/errors.ts';
import type { Clock } from '../../../../domain/ports.ts';
import type { Random } from '../../../../domain/random.ts';
import { call } from '../../call.ts';
import { LEDGER_TABLE } from './table.ts';

/** An item as DynamoDB has it. */
export type Item = Readonly<Record<string, AttributeValue>>;

/** The ledger's table. */
export interface Table {
  readonly dynamoDb: Pick<DynamoDBClient, 'send'>;
  readonly name: string;
  readonly clock: Pick<Clock, 'now'>;
  /** For names and versions that nobody else's writes have. */
  readonly random: Random;
}

/** Attributes beside the keys, which the table declares. */
export const ATTRIBUTES = {
  owner: 'owner',
  plan: 'plan',
  outcome: 'outcome',
  status: 'status',
  answer: 'answer',
  followUp: 'followUp',
  progress: 'progress',
} as const;

/** A number as an attribute. */
export const numeric = (value: number): AttributeValue => ({ N: String(value) });

/** The number that an attribute holds; undefined where there is none. */
export const numberIn = (value: AttributeValue | undefined): number | undefined =>
  value?.N === undefined ? undefined : Number(value.N);

/** A moment as TTL wants it: whole seconds since the epoch. */
export const seconds = (ms: number): AttributeValue => numeric(Math.floor(ms / 1000));

/** DynamoDB deletes expired items days late, so readers leave them out. */
export const isAlive = (item: Item, { clock }: Table): boolean =>
  Number(item[LEDGER_TABLE.ttl]?.N ?? Number.POSITIVE_INFINITY) > clock.now() / 1000;

/** The condition of a write did not hold. */
export const isRefused = (error: unknown): error is CallFailed =>
  error instanceof CallFailed && error.code === 'ConditionalCheckFailedException';

/** What a write answers; undefined where its condition did not hold, and it changed nothing. Throws CallFailed. */
export async function unlessRefused<T>(name: string, answer: Promise<T>): Promise<T | undefined> {
  try {
    return await call(name, answer);
  } catch (error) {
    if (isRefused(error)) return undefined;
    throw error;
  }
}

/** One item, consistent with every write before. Throws CallFailed. */
export async function getItem(table: Table, key: Item): Promise<Item | undefined> {
  const command = new GetItemCommand({ TableName: table.name, Key: key, ConsistentRead: true });
  return (await call('GetItem', table.dynamoDb.send(command))).Item;
}

/** The item that stood in the way of a write: DynamoDB sends it along; an endpoint that does not is asked. Throws CallFailed. */
export async function standing(table: Table, key: Item, refusal: CallFailed): Promise<Item | undefined> {
  if (refusal.cause instanceof ConditionalCheckFailedException && refusal.cause.Item) return refusal.cause.Item;
  return await getItem(table, key);
}
