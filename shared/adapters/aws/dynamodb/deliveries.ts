import { createHash } from 'node:crypto';
import { type AttributeValue, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Deliveries, DeliveryClaim, Thread } from '../../../domain/delivery.ts';
import type { Message } from '../../../domain/message.ts';
import { call } from '../call.ts';
import { itemKey, LEDGER_TABLE, SORT_KEYS } from './keys.ts';
import type { LeaseOption } from './ledger/ledger.ts';
import {
  getItem,
  type Item,
  numberAttribute,
  pack,
  packedText,
  type Table,
  ttlAttribute,
  unlessConditionFailed,
} from './table.ts';

/** What of a message names it in the record. */
type MessageKey = Pick<Message, 'id' | 'thread'>;

/** The table, and how long a claim stands whose owner says no more, ms. */
interface DeliveryTable extends Table {
  readonly leaseMs: number;
}

/**
 * Attributes of a thread's item. There is one for each channel of a thread: who is at it, what its last message was, and the thread
 * itself. `owes`: the channel has the last message, and the thread's first one is still to be brought up to date.
 */
const THREAD = { owner: 'owner', heldUntil: 'heldUntil', last: 'last', owes: 'owes', thread: 'thread' } as const;

/** How long a claim stands, ms: longer than an invocation can run, so that whoever takes it over is alone. */
export const DELIVERY_LEASE_MS = 120_000;

const DAY_MS = 86_400_000;

/** Until when it is remembered what a channel had, ms since the epoch: a queue keeps a message for 14 days, and the failure queue as long again. */
function deliveryKeptUntil(now: number): number {
  return now + 30 * DAY_MS;
}

/** Primary key of a thread's item. */
function threadKey(channel: string, { thread }: Pick<MessageKey, 'thread'>): Item {
  return itemKey(thread, SORT_KEYS.thread + channel);
}

/** An id is as long as its maker likes, a sort key at most 1,024 bytes. */
function digest(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 32);
}

/** Primary key of the item that a channel had a message: of each but the thread's last. */
function deliveryKey(channel: string, { id, thread }: MessageKey): Item {
  return itemKey(thread, `${SORT_KEYS.delivery}${digest(id)}#${channel}`);
}

/** What went where, in the ledger's table, under the threads of the messages. */
export function deliveriesIn({ leaseMs = DELIVERY_LEASE_MS, ...rest }: Table & LeaseOption): Deliveries {
  const table = { ...rest, leaseMs };
  return {
    claim: async (channel, message, owner) => await claimThread(table, channel, message, owner),
    posted: async (channel, message, owner, thread) => await recordPosted(table, channel, message, owner, thread),
    delivered: async (channel, message, owner, thread) => await recordDelivered(table, channel, message, owner, thread),
    release: async (channel, message, owner) => await releaseThread(table, channel, message, owner),
  };
}

/** Takes a thread that nobody is at; undefined where somebody is. One's own claim is taken again: the answer to the first may be lost. */
async function takeThread(table: DeliveryTable, key: Item, owner: string): Promise<Item | undefined> {
  const now = table.clock.now();
  const command = new UpdateItemCommand({
    TableName: table.name,
    Key: key,
    UpdateExpression: 'SET #owner = :owner, #until = :until, #ttl = :ttl',
    ConditionExpression: 'attribute_not_exists(#owner) OR #owner = :owner OR #until <= :now',
    ExpressionAttributeNames: { '#owner': THREAD.owner, '#until': THREAD.heldUntil, '#ttl': LEDGER_TABLE.ttl },
    ExpressionAttributeValues: {
      ':owner': { S: owner },
      ':now': numberAttribute(now),
      ':until': numberAttribute(now + table.leaseMs),
      ':ttl': ttlAttribute(deliveryKeptUntil(now)),
    },
    ReturnValues: 'ALL_NEW',
  });
  const answer = await unlessConditionFailed('UpdateItem', table.dynamoDb.send(command));
  return answer && (answer.Attributes ?? {});
}

function threadOf(item: Item): Thread | undefined {
  if (item[THREAD.thread] === undefined) return undefined;
  const thread: Thread = JSON.parse(packedText(THREAD.thread, item[THREAD.thread]));
  return thread;
}

/** Whether the channel has the message: it is the thread's last one, or it has an item of its own. */
async function isKnown(table: DeliveryTable, channel: string, message: MessageKey, thread: Item): Promise<boolean> {
  return thread[THREAD.last]?.S === message.id || (await getItem(table, deliveryKey(channel, message))) !== undefined;
}

/** What somebody else's claim leaves to say. */
async function claimRefused(table: DeliveryTable, channel: string, message: MessageKey): Promise<DeliveryClaim> {
  const item = (await getItem(table, threadKey(channel, message))) ?? {};
  const isOwed = item[THREAD.last]?.S === message.id && item[THREAD.owes] !== undefined;
  return !isOwed && (await isKnown(table, channel, message, item)) ? { kind: 'done' } : { kind: 'busy' };
}

/**
 * Claims a thread in a channel for a message. The thread's item names its last message; before another can take that place, the last one
 * gets an item of its own: so that there is no moment at which the record has forgotten what the channel had. Throws CallFailed.
 */
async function claimThread(
  table: DeliveryTable,
  channel: string,
  message: MessageKey,
  owner: string,
): Promise<DeliveryClaim> {
  const item = await takeThread(table, threadKey(channel, message), owner);
  if (item === undefined) return await claimRefused(table, channel, message);
  const thread = threadOf(item);
  const last = item[THREAD.last]?.S;
  if (last === message.id && item[THREAD.owes] !== undefined && thread !== undefined) return { kind: 'posted', thread };
  if (await isKnown(table, channel, message, item)) {
    await releaseThread(table, channel, message, owner);
    return { kind: 'done' };
  }
  if (last !== undefined) await putDelivery(table, channel, { id: last, thread: message.thread });
  return { kind: 'mine', ...(thread && { thread }) };
}

/** What a note does with the claim. */
type AfterNote = 'keeps it, and owes an edit' | 'gives it back';

const NAMES = {
  '#owner': THREAD.owner,
  '#last': THREAD.last,
  '#owes': THREAD.owes,
  '#thread': THREAD.thread,
  '#ttl': LEDGER_TABLE.ttl,
};

interface ThreadUpdate {
  readonly set: readonly string[];
  readonly remove: readonly string[];
  readonly values: Record<string, AttributeValue>;
}

function threadUpdate(thread: Thread | undefined, then: AfterNote): ThreadUpdate {
  const owes = then === 'keeps it, and owes an edit';
  return {
    set: [...(thread ? ['#thread = :thread'] : []), ...(owes ? ['#owes = :owes'] : [])],
    remove: [...(thread ? [] : ['#thread']), ...(owes ? [] : ['#owes', '#owner', '#until'])],
    values: { ...(thread && { ':thread': pack(thread) }), ...(owes && { ':owes': { BOOL: true } }) },
  };
}

/**
 * Notes that the channel has a message, in one write. Where the claim has run out meanwhile, or a first try of the same write had come
 * through, the message still gets an item of its own. Throws CallFailed.
 */
async function recordMessage(
  table: DeliveryTable,
  { channel, message, owner }: { readonly channel: string; readonly message: MessageKey; readonly owner: string },
  thread: Thread | undefined,
  then: AfterNote,
): Promise<void> {
  const { set, remove, values } = threadUpdate(thread, then);
  const removal = remove.length === 0 ? '' : ` REMOVE ${remove.join(', ')}`;
  const command = new UpdateItemCommand({
    TableName: table.name,
    Key: threadKey(channel, message),
    UpdateExpression: `SET ${['#last = :last', '#ttl = :ttl', ...set].join(', ')}${removal}`,
    ConditionExpression: '#owner = :owner',
    ExpressionAttributeNames: { ...NAMES, ...(removal.includes('#until') && { '#until': THREAD.heldUntil }) },
    ExpressionAttributeValues: {
      ':owner': { S: owner },
      ':last': { S: message.id },
      ':ttl': ttlAttribute(deliveryKeptUntil(table.clock.now())),
      ...values,
    },
  });
  const noted = await unlessConditionFailed('UpdateItem', table.dynamoDb.send(command));
  if (noted === undefined) await putDelivery(table, channel, message);
}

/** The channel has the message, and the thread's first one is to follow. Throws CallFailed. */
async function recordPosted(
  table: DeliveryTable,
  channel: string,
  message: MessageKey,
  owner: string,
  thread: Thread,
): Promise<void> {
  return await recordMessage(table, { channel, message, owner }, thread, 'keeps it, and owes an edit');
}

/** All is done that there was to do. Throws CallFailed. */
async function recordDelivered(
  table: DeliveryTable,
  channel: string,
  message: MessageKey,
  owner: string,
  thread: Thread | undefined,
): Promise<void> {
  return await recordMessage(table, { channel, message, owner }, thread, 'gives it back');
}

/** Writes down that a channel had a message; again changes nothing. Throws CallFailed. */
async function putDelivery(table: DeliveryTable, channel: string, message: MessageKey): Promise<void> {
  const ttl = ttlAttribute(deliveryKeptUntil(table.clock.now()));
  const command = new PutItemCommand({
    TableName: table.name,
    Item: { ...deliveryKey(channel, message), [LEDGER_TABLE.ttl]: ttl },
  });
  await call('PutItem', table.dynamoDb.send(command));
}

/** Gives a claim back; one that ran out and is another's by now is left alone. Throws CallFailed. */
async function releaseThread(table: DeliveryTable, channel: string, message: MessageKey, owner: string): Promise<void> {
  const command = new UpdateItemCommand({
    TableName: table.name,
    Key: threadKey(channel, message),
    UpdateExpression: 'REMOVE #owner, #until',
    ConditionExpression: '#owner = :owner',
    ExpressionAttributeNames: { '#owner': THREAD.owner, '#until': THREAD.heldUntil },
    ExpressionAttributeValues: { ':owner': { S: owner } },
  });
  await unlessConditionFailed('UpdateItem', table.dynamoDb.send(command));
}
