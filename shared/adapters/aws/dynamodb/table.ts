import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, type NativeAttributeValue, unmarshall } from '@aws-sdk/util-dynamodb';
import { CallFailed, InputInvalid } from '../../../domain/errors.ts';
import type { Clock, Random } from '../../../domain/runtime.ts';
import { call } from '../call.ts';
import type { ClientSettings } from '../clients/settings.ts';
import { type ItemKey, LEDGER_TABLE } from './keys.ts';

/** What a function knows about the ledger of its cell. */
export interface LedgerCell {
  readonly ledgerTable: string;
  readonly clients: ClientSettings;
  readonly clock: Clock;
  readonly random: Random;
}

/** The ledger's table. */
export interface Table {
  readonly dynamoDb: Pick<DynamoDBClient, 'send'>;
  readonly name: string;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  /** For names and versions that no other write has. */
  readonly random: Random;
}

/** The ledger's table with a client in the function's own region. Make it once per container. */
export function tableOf({ ledgerTable: name, clients, clock, random }: LedgerCell): Table {
  return { dynamoDb: new DynamoDBClient(clients), name, clock, random };
}

/**
 * Attribute values as plain JavaScript: text, numbers, booleans, bytes, sets of text. `undefined` is left out
 * of writes.
 */
export type Attributes = Readonly<Record<string, NativeAttributeValue>>;

/** An item as it was read. */
export type Item = Readonly<ReturnType<typeof unmarshall>>;

/** Attributes that every kind of item may have. */
export interface CommonAttributes extends Partial<ItemKey> {
  readonly expiresAt?: number;
  readonly dueAt?: number;
}

function toAttributeValues(attributes: Attributes): Record<string, AttributeValue> {
  return marshall(attributes, { removeUndefinedValues: true });
}

type Bound<Functions> = {
  readonly [Name in keyof Functions]: Functions[Name] extends (table: never, ...args: infer Args) => infer Result
    ? (...args: Args) => Result
    : never;
};

/** A store from functions that take the table first. */
export function bind<Place, Functions extends Readonly<Record<string, (table: Place, ...args: never[]) => unknown>>>(
  table: Place,
  functions: Functions,
): Bound<Functions> {
  const bound = Object.entries(functions).map(([name, method]) => [name, method.bind(undefined, table)]);
  return Object.fromEntries(bound);
}

/** A time as DynamoDB's TTL needs it: whole seconds since the epoch. */
export function ttlOf(ms: number): number {
  return Math.floor(ms / 1000);
}

/**
 * Whether an item has not expired. DynamoDB deletes expired items up to days late, so readers have to ask.
 */
export function isAlive({ expiresAt = Number.POSITIVE_INFINITY }: CommonAttributes, { clock }: Pick<Table, 'clock'>) {
  return expiresAt > clock.now() / 1000;
}

/**
 * What became of a conditional write. `item` has the attributes after the write if the write asked for them.
 */
export type WriteResult =
  | { readonly written: true; readonly item: Item }
  | { readonly written: false; readonly refusal: CallFailed };

async function resultOf(name: string, answer: Promise<{ Attributes?: Record<string, AttributeValue> | undefined }>) {
  try {
    const { Attributes } = await call(name, answer);
    return { written: true, item: Attributes ? unmarshall(Attributes) : {} } satisfies WriteResult;
  } catch (error) {
    if (!(error instanceof CallFailed && error.code === 'ConditionalCheckFailedException')) throw error;
    return { written: false, refusal: error } satisfies WriteResult;
  }
}

/** A condition of a write: `#name` stands for the attribute `name`, and `:name` for the value `name`. */
export interface Condition {
  readonly condition?: string;
  readonly values?: Attributes;
}

/** The names and values that expressions mention, as DynamoDB wants to have them declared. */
function placeholders(expressions: readonly (string | undefined)[], values: Attributes) {
  const text = expressions.join(' ');
  const names = new Set(Array.from(text.matchAll(/#(\w+)/g), ([, name = '']) => name));
  const used = new Set(Array.from(text.matchAll(/:(\w+)/g), ([, name = '']) => name));
  const declared = Object.fromEntries([...used].map((name) => [`:${name}`, values[name]]));
  return {
    ...(names.size > 0 && {
      ExpressionAttributeNames: Object.fromEntries(Array.from(names, (name) => [`#${name}`, name])),
    }),
    ...(used.size > 0 && { ExpressionAttributeValues: toAttributeValues(declared) }),
  };
}

/** Sends the item that a failed condition was checked on along with the error: `existingItem` reads it. */
function conditionOf(condition: string | undefined) {
  return condition === undefined
    ? {}
    : ({ ConditionExpression: condition, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const);
}

/** Writes a whole item. Throws CallFailed. */
export async function putItem(
  table: Table,
  item: Attributes & ItemKey,
  { condition, values = {} }: Condition = {},
): Promise<WriteResult> {
  const command = new PutItemCommand({
    TableName: table.name,
    Item: toAttributeValues(item),
    ...conditionOf(condition),
    ...placeholders([condition], values),
  });
  return await resultOf('PutItem', table.dynamoDb.send(command));
}

/** Changes of one item, which is made if it does not exist. Sets are sets of text. */
export interface Update extends Condition {
  readonly set?: Attributes;
  readonly setIfAbsent?: Attributes;
  readonly remove?: readonly string[];
  readonly addToSets?: Attributes;
  readonly deleteFromSets?: Attributes;
  /** Whether the result has the attributes after the write. */
  readonly returns?: 'nothing' | 'new item';
}

function clause(keyword: string, parts: readonly string[]): readonly string[] {
  return parts.length === 0 ? [] : [`${keyword} ${parts.join(', ')}`];
}

function namesIn(attributes: Attributes): readonly string[] {
  return Object.keys(attributes).filter((name) => attributes[name] !== undefined);
}

/** Updates an item. Throws CallFailed. */
export async function updateItem(table: Table, key: ItemKey, update: Update): Promise<WriteResult> {
  const { set = {}, setIfAbsent = {}, remove = [], addToSets = {}, deleteFromSets = {}, condition, values } = update;
  const expression = [
    ...clause('SET', [
      ...namesIn(set).map((name) => `#${name} = :${name}`),
      ...namesIn(setIfAbsent).map((name) => `#${name} = if_not_exists(#${name}, :${name})`),
    ]),
    ...clause(
      'REMOVE',
      remove.map((name) => `#${name}`),
    ),
    ...clause(
      'ADD',
      namesIn(addToSets).map((name) => `#${name} :${name}`),
    ),
    ...clause(
      'DELETE',
      namesIn(deleteFromSets).map((name) => `#${name} :${name}`),
    ),
  ].join(' ');
  const command = new UpdateItemCommand({
    TableName: table.name,
    Key: toAttributeValues(key),
    UpdateExpression: expression,
    ...conditionOf(condition),
    ...placeholders([expression, condition], { ...set, ...setIfAbsent, ...addToSets, ...deleteFromSets, ...values }),
    ...(update.returns === 'new item' && { ReturnValues: 'ALL_NEW' }),
  });
  return await resultOf('UpdateItem', table.dynamoDb.send(command));
}

/** Deletes an item. Throws CallFailed. */
export async function deleteItem(
  table: Table,
  key: ItemKey,
  { condition, values = {} }: Condition = {},
): Promise<WriteResult> {
  const command = new DeleteItemCommand({
    TableName: table.name,
    Key: toAttributeValues(key),
    ...conditionOf(condition),
    ...placeholders([condition], values),
  });
  return await resultOf('DeleteItem', table.dynamoDb.send(command));
}

/** Reads one item with every write before. Throws CallFailed. */
export async function getItem(table: Table, { subject, record }: ItemKey): Promise<Item | undefined> {
  const Key = toAttributeValues({ subject, record });
  const command = new GetItemCommand({ TableName: table.name, Key, ConsistentRead: true });
  const { Item: item } = await call('GetItem', table.dynamoDb.send(command));
  return item && unmarshall(item);
}

/**
 * The item that made a condition fail, from the refusal, or read if the endpoint did not send it along.
 * Throws CallFailed.
 */
export async function existingItem(table: Table, key: ItemKey, { cause }: CallFailed): Promise<Item | undefined> {
  return cause instanceof ConditionalCheckFailedException && cause.Item
    ? unmarshall(cause.Item)
    : await getItem(table, key);
}

/** A query, with `#name` and `:name` as in a condition. */
export interface TableQuery extends Pick<QueryCommandInput, 'IndexName' | 'ConsistentRead' | 'Limit' | 'Select'> {
  readonly where: string;
  readonly values: Attributes;
  readonly order?: 'ascending' | 'descending';
}

/** Pages of the items that a query finds. Throws CallFailed. */
export async function* queryPages(table: Table, query: TableQuery): AsyncGenerator<readonly Item[]> {
  const { where, values, order, ...rest } = query;
  let ExclusiveStartKey: QueryCommandInput['ExclusiveStartKey'];
  do {
    const command = new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: where,
      ...placeholders([where], values),
      ...rest,
      ...(order === 'descending' && { ScanIndexForward: false }),
      ...(ExclusiveStartKey && { ExclusiveStartKey }),
    });
    const { Items = [], LastEvaluatedKey } = await call('Query', table.dynamoDb.send(command));
    yield Items.map((item) => unmarshall(item));
    ExclusiveStartKey = LastEvaluatedKey;
  } while (ExclusiveStartKey);
}

/** All items that a query finds. Throws CallFailed. */
export async function queryAll(table: Table, query: TableQuery): Promise<readonly Item[]> {
  const items: Item[] = [];
  for await (const page of queryPages(table, query)) items.push(...page);
  return items;
}

/** Items of a partition whose sort keys lie between two texts, both included, with every write before. */
export function itemsBetween(subject: string, first: string, last: string): TableQuery {
  const where = '#subject = :subject AND #record BETWEEN :first AND :last';
  return { ConsistentRead: true, where, values: { subject, first, last } };
}

/** Sorts after every sort key that begins with `prefix`. */
export function endOfPrefix(prefix: string): string {
  return `${prefix}\uFFFD`;
}

/** Items of a partition whose sort keys begin with `prefix`, with every write before. */
export function itemsUnder(subject: string, prefix: string): TableQuery {
  return itemsBetween(subject, prefix, endOfPrefix(prefix));
}

/** The present state in a partition: see `LEDGER_TABLE.current`. With every write before. */
export function currentItems(subject: string): TableQuery {
  const { index: IndexName } = LEDGER_TABLE.current;
  return {
    IndexName,
    ConsistentRead: true,
    Select: 'ALL_ATTRIBUTES',
    where: '#subject = :subject',
    values: { subject },
  };
}

/**
 * Items that the index `due` lists under `dueAs`: all, or those due at or before `now`. The index lags about
 * a second.
 */
export function itemsDue(dueAs: string, now?: number): TableQuery {
  const where = `#dueAs = :dueAs${now === undefined ? '' : ' AND #dueAt <= :now'}`;
  return { IndexName: LEDGER_TABLE.due.index, where, values: { dueAs, now } };
}

/**
 * Items of a partition of the history: all, or the one with this public id. The index lags about a second.
 */
export function itemsInHistory(period: string, publicId?: string): TableQuery {
  const where = `#period = :period${publicId === undefined ? '' : ' AND #publicId = :publicId'}`;
  return { IndexName: LEDGER_TABLE.history.index, where, values: { period, publicId } };
}

/**
 * Longest text that is stored as it is, characters. A plan repeats its rules in the decision, the reasons,
 * the steps and the undo: 1,000 rules make 1.2 MB of JSON and 7 KB of Brotli, and an item has room for 400
 * KB. Ordinary plans (5 KB) stay readable in the console.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
const MAX_READABLE = 32_768;

/** The window must span all copies of the rules. Quality 5 takes 6 ms for 1.2 MB. */
const BROTLI = {
  params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS },
};

/** JSON as an attribute stores it: as text, or compressed. */
export type Packed = string | Uint8Array;

/** A JSON value as an attribute. */
export function pack(value: unknown): Packed {
  const text = JSON.stringify(value);
  return text.length <= MAX_READABLE ? text : brotliCompressSync(text, BROTLI);
}

/** The value that `pack` stored in the named attribute. Throws InputInvalid. */
export function unpack(name: string, packed: Packed | undefined): ReturnType<typeof JSON.parse> {
  return JSON.parse(textOf(name, packed));
}

function textOf(name: string, packed: Packed | undefined): string {
  if (typeof packed === 'string') return packed;
  if (packed instanceof Uint8Array) return brotliDecompressSync(packed).toString('utf8');
  const found = JSON.stringify(packed) ?? 'nothing';
  throw new InputInvalid(`ledger: attribute ${name}: expected text or bytes, found ${found}`);
}
