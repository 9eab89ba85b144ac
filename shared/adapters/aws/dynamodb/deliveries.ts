import { createHash } from 'node:crypto';
import type { Deliveries, DeliveryClaim, Thread } from '../../../domain/delivery.ts';
import type { Message } from '../../../domain/message.ts';
import { type ItemKey, SORT_KEYS } from './keys.ts';
import { bind, getItem, type Packed, pack, putItem, type Table, ttlOf, unpack, updateItem } from './table.ts';

/**
 * How long a claim holds, ms: longer than an invocation can run, so that the previous owner has ended when
 * another claims.
 */
export const DELIVERY_LEASE_MS = 120_000;

/**
 * Which channel had which message, in the ledger's table. The items are in the partition of the message's
 * thread.
 */
export function deliveriesIn(table: Table, leaseMs = DELIVERY_LEASE_MS): Deliveries {
  return bind(
    { ...table, leaseMs },
    { claim: claimThread, posted: recordPosted, delivered: recordDelivered, release: releaseThread },
  );
}

interface DeliveryTable extends Table {
  readonly leaseMs: number;
}

/** The parts of a message that identify it. */
type MessageKey = Pick<Message, 'id' | 'thread'>;

/**
 * The item of a thread in one channel: the invocation that holds it until `heldUntil` (milliseconds since the
 * epoch), the id of its last message, and the thread itself. `owes`: the channel has the last message, and
 * the thread's first message is still to be edited.
 */
interface ThreadItem {
  readonly owner?: string;
  readonly heldUntil?: number;
  readonly last?: string;
  readonly owes?: boolean;
  readonly thread?: Packed;
}

/**
 * How long deliveries are kept, ms: 30 days, because a queue keeps a message for 14 days and its failure
 * queue for as long again.
 */
const KEPT_MS = 30 * 86_400_000;

function expiry({ clock }: Table): number {
  return ttlOf(clock.now() + KEPT_MS);
}

function threadKey(channel: string, { thread }: MessageKey): ItemKey {
  return { subject: thread, record: SORT_KEYS.thread + channel };
}

/**
 * Primary key of the item for a message other than the thread's last. The id is hashed, because a sort key is
 * limited to 1,024 bytes.
 */
function deliveryKey(channel: string, { id, thread }: MessageKey): ItemKey {
  const digest = createHash('sha256').update(id).digest('hex').slice(0, 32);
  return { subject: thread, record: `${SORT_KEYS.delivery}${digest}#${channel}` };
}

/**
 * Claims a thread that no other invocation holds. An invocation may repeat its own claim, because the first
 * answer may be lost.
 */
async function takeThread(table: DeliveryTable, key: ItemKey, owner: string): Promise<ThreadItem | undefined> {
  const now = table.clock.now();
  const result = await updateItem(table, key, {
    set: { owner, heldUntil: now + table.leaseMs, expiresAt: expiry(table) },
    condition: 'attribute_not_exists(#owner) OR #owner = :owner OR #heldUntil <= :now',
    values: { now },
    returns: 'new item',
  });
  return result.written ? result.item : undefined;
}

/** Whether the channel has the message: it is the thread's last one, or it has an item of its own. */
async function isDelivered(table: Table, channel: string, message: MessageKey, last: string | undefined) {
  return last === message.id || (await getItem(table, deliveryKey(channel, message))) !== undefined;
}

/** The answer to an invocation whose claim failed because another one holds the thread. */
async function claimRefused(table: Table, channel: string, message: MessageKey): Promise<DeliveryClaim> {
  const { last, owes }: ThreadItem = (await getItem(table, threadKey(channel, message))) ?? {};
  if (last === message.id && owes === true) return { kind: 'busy' };
  return { kind: (await isDelivered(table, channel, message, last)) ? 'done' : 'busy' };
}

/**
 * Claims a thread in a channel for a message. The thread's item names its last message. That message gets an
 * item of its own before another one takes its place, so a delivery is on record at every moment. Throws
 * CallFailed, InputInvalid.
 */
async function claimThread(
  table: DeliveryTable,
  channel: string,
  message: MessageKey,
  owner: string,
): Promise<DeliveryClaim> {
  const item = await takeThread(table, threadKey(channel, message), owner);
  if (item === undefined) return await claimRefused(table, channel, message);
  const { last, owes } = item;
  const thread: Thread | undefined = item.thread && unpack('thread', item.thread);
  if (last === message.id && owes === true && thread !== undefined) return { kind: 'posted', thread };
  if (await isDelivered(table, channel, message, last)) {
    await releaseThread(table, channel, message, owner);
    return { kind: 'done' };
  }
  if (last !== undefined) await putDelivery(table, channel, { id: last, thread: message.thread });
  return { kind: 'mine', ...(thread && { thread }) };
}

/** Records that a channel has a message. Recording it twice changes nothing. Throws CallFailed. */
async function putDelivery(table: Table, channel: string, message: MessageKey): Promise<void> {
  await putItem(table, { ...deliveryKey(channel, message), expiresAt: expiry(table) });
}

/**
 * The channel has the message, and the thread's first message is to be edited next: the claim stays. If the
 * claim has run out, or an earlier attempt of the same write succeeded, the message gets an item of its own.
 * Throws CallFailed.
 */
async function recordPosted(table: Table, channel: string, message: MessageKey, owner: string, thread: Thread) {
  const result = await updateItem(table, threadKey(channel, message), {
    set: { last: message.id, expiresAt: expiry(table), thread: pack(thread), owes: true },
    condition: '#owner = :owner',
    values: { owner },
  });
  if (!result.written) await putDelivery(table, channel, message);
}

/**
 * The delivery of the message is complete: releases the claim. Otherwise as `recordPosted`. Throws
 * CallFailed.
 */
async function recordDelivered(
  table: Table,
  channel: string,
  message: MessageKey,
  owner: string,
  thread: Thread | undefined,
): Promise<void> {
  const result = await updateItem(table, threadKey(channel, message), {
    set: { last: message.id, expiresAt: expiry(table), thread: thread && pack(thread) },
    remove: ['owes', 'owner', 'heldUntil', ...(thread ? [] : ['thread'])],
    condition: '#owner = :owner',
    values: { owner },
  });
  if (!result.written) await putDelivery(table, channel, message);
}

/** Releases a claim, unless another invocation holds the thread by now. Throws CallFailed. */
async function releaseThread(table: Table, channel: string, message: MessageKey, owner: string): Promise<void> {
  await updateItem(table, threadKey(channel, message), {
    remove: ['owner', 'heldUntil'],
    condition: '#owner = :owner',
    values: { owner },
  });
}
