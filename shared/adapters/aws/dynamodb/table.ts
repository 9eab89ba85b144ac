import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import { CallFailed, InputInvalid } from '../../../domain/errors.ts';
import type { Clock, Random } from '../../../domain/runtime.ts';
import { call } from '../call.ts';
import { LEDGER_TABLE } from './keys.ts';

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
export function numberAttribute(value: number): AttributeValue {
  return { N: String(value) };
}

/** The number that an attribute holds; undefined where there is none. */
export function numberOf(value: AttributeValue | undefined): number | undefined {
  return value?.N === undefined ? undefined : Number(value.N);
}

/** A moment as TTL wants it: whole seconds since the epoch. */
export function ttlAttribute(ms: number): AttributeValue {
  return numberAttribute(Math.floor(ms / 1000));
}

/** DynamoDB deletes expired items days late, so readers leave them out. */
export function isAlive(item: Item, { clock }: Table): boolean {
  return Number(item[LEDGER_TABLE.ttl]?.N ?? Number.POSITIVE_INFINITY) > clock.now() / 1000;
}

/** The condition of a write did not hold. */
export function isConditionFailed(error: unknown): error is CallFailed {
  return error instanceof CallFailed && error.code === 'ConditionalCheckFailedException';
}

/** What a write answers; undefined where its condition did not hold, and it changed nothing. Throws CallFailed. */
export async function unlessConditionFailed<T>(name: string, answer: Promise<T>): Promise<T | undefined> {
  try {
    return await call(name, answer);
  } catch (error) {
    if (isConditionFailed(error)) return undefined;
    throw error;
  }
}

/** One item, consistent with every write before. Throws CallFailed. */
export async function getItem(table: Table, key: Item): Promise<Item | undefined> {
  const command = new GetItemCommand({ TableName: table.name, Key: key, ConsistentRead: true });
  return (await call('GetItem', table.dynamoDb.send(command))).Item;
}

/** The item that stood in the way of a write: DynamoDB sends it along; an endpoint that does not is asked. Throws CallFailed. */
export async function existingItem(table: Table, key: Item, refusal: CallFailed): Promise<Item | undefined> {
  if (refusal.cause instanceof ConditionalCheckFailedException && refusal.cause.Item) return refusal.cause.Item;
  return await getItem(table, key);
}

/**
 * Longest text that is stored as it is, characters. A plan repeats its rules in the decision, the reasons, the steps and the undo:
 * 1,000 rules make 1.2 MB of JSON and 7 KB of Brotli, where DynamoDB takes 400 KB. Ordinary plans (5 KB) stay readable in the console.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
const READABLE = 32_768;

/** The window must span all the copies of the rules; quality 5 takes 6 ms for 1.2 MB. */
const BROTLI = {
  params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS },
};

/** A value of JSON as an attribute. */
export function pack(value: unknown): AttributeValue {
  const text = JSON.stringify(value);
  return text.length <= READABLE ? { S: text } : { B: brotliCompressSync(text, BROTLI) };
}

/** The JSON that `pack` stored in the named attribute. Throws InputInvalid. */
export function packedText(name: string, value: AttributeValue | undefined): string {
  if (value?.S !== undefined) return value.S;
  if (value?.B !== undefined) return brotliDecompressSync(value.B).toString('utf8');
  throw new InputInvalid(
    `ledger: attribute ${name}: expected text or bytes, found ${JSON.stringify(value) ?? 'nothing'}`,
  );
}

type QueryInput = Omit<QueryCommandInput, 'TableName' | 'ExclusiveStartKey'>;

/** What a query finds, page by page. Throws CallFailed. */
export async function* queryPages(table: Table, query: QueryInput): AsyncGenerator<readonly Item[]> {
  let from: Record<string, AttributeValue> | undefined;
  do {
    const page = { TableName: table.name, ...query, ...(from && { ExclusiveStartKey: from }) };
    const answer = await call('Query', table.dynamoDb.send(new QueryCommand(page)));
    yield answer.Items ?? [];
    from = answer.LastEvaluatedKey;
  } while (from);
}

/** All that a query finds. Throws CallFailed. */
export async function queryAll(table: Table, query: QueryInput): Promise<readonly Item[]> {
  const items: Item[] = [];
  for await (const page of queryPages(table, query)) items.push(...page);
  return items;
}

/** Items of a subject whose sort keys lie between two texts, both included; consistent with every write before. */
export function itemsBetween(subject: string, first: string, last: string) {
  return {
    ConsistentRead: true,
    KeyConditionExpression: '#subject = :subject AND #record BETWEEN :first AND :last',
    ExpressionAttributeNames: { '#subject': LEDGER_TABLE.partitionKey, '#record': LEDGER_TABLE.sortKey },
    ExpressionAttributeValues: { ':subject': { S: subject }, ':first': { S: first }, ':last': { S: last } },
  } satisfies QueryInput;
}

/** Sorts after every sort key that begins with `prefix`. */
export function endOfPrefix(prefix: string): string {
  return `${prefix}\uFFFD`;
}

/** Items of a subject whose sort keys begin with `prefix`; consistent with every write before. */
export function itemsUnder(subject: string, prefix: string) {
  return itemsBetween(subject, prefix, endOfPrefix(prefix));
}

/** Items of an index by its partition. An index follows the table within a second or so. */
export function inIndex({ index, partitionKey }: { index: string; partitionKey: string }, value: string) {
  return {
    IndexName: index,
    KeyConditionExpression: '#partition = :partition',
    ExpressionAttributeNames: { '#partition': partitionKey },
    ExpressionAttributeValues: { ':partition': { S: value } },
  } satisfies QueryInput;
}

/** What has been due since `now` or before (milliseconds since the epoch), of those that are in that index under `as`. */
export function dueBy(as: string, now: number) {
  const all = inIndex(LEDGER_TABLE.due, as);
  return {
    ...all,
    KeyConditionExpression: `${all.KeyConditionExpression} AND #due <= :now`,
    ExpressionAttributeNames: { ...all.ExpressionAttributeNames, '#due': LEDGER_TABLE.due.sortKey },
    ExpressionAttributeValues: { ...all.ExpressionAttributeValues, ':now': numberAttribute(now) },
  } satisfies QueryInput;
}
