import { createHash } from 'node:crypto';
import type { Message } from '../../../../domain/notifications/message.ts';
import type { Item, Table } from '../ledger/item.ts';
import { itemKey, RECORDS } from '../ledger/keys.ts';

/** What of a message names it in the record. */
export type Named = Pick<Message, 'id' | 'thread'>;

/** The table, and how long a claim stands whose owner says no more, ms. */
export interface DeliveryTable extends Table {
  readonly leaseMs: number;
}

/**
 * Attributes of a thread's item. There is one for each channel of a thread: who is at it, what its last message was, and the thread
 * itself. `owes`: the channel has the last message, and the thread's first one is still to be brought up to date.
 */
export const THREAD = { owner: 'owner', heldUntil: 'heldUntil', last: 'last', owes: 'owes', thread: 'thread' } as const;

/** How long a claim stands, ms: longer than an invocation can run, so that whoever takes it over is alone. */
export const DELIVERY_LEASE_MS = 120_000;

const DAY_MS = 86_400_000;

/** Until when it is remembered what a channel had, ms since the epoch: a queue keeps a message for 14 days, and the failure queue as long again. */
export const deliveryKeptUntil = (now: number): number => now + 30 * DAY_MS;

/** Primary key of a thread's item. */
export const threadKey = (channel: string, { thread }: Pick<Named, 'thread'>): Item =>
  itemKey(thread, RECORDS.thread + channel);

/** An id is as long as its maker likes, a sort key at most 1,024 bytes. */
const digest = (id: string): string => createHash('sha256').update(id).digest('hex').slice(0, 32);

/** Primary key of the item that a channel had a message: of each but the thread's last. */
export const deliveryKey = (channel: string, { id, thread }: Named): Item =>
  itemKey(thread, `${RECORDS.delivery}${digest(id)}#${channel}`);
