import type { Confirmations, PendingConfirmation } from '../../../domain/ledger.ts';
import { type ItemKey, SORT_KEYS, UNCONFIRMED } from './keys.ts';
import {
  bind,
  deleteItem,
  itemsUnder,
  type Packed,
  pack,
  putItem,
  queryAll,
  type Table,
  ttlOf,
  unpack,
} from './table.ts';

/** Requests that wait for CloudTrail to confirm them, in the ledger's table. */
export function confirmationsIn(table: Table): Confirmations {
  return bind(table, { add: putUnconfirmed, pending: readUnconfirmed, remove: deleteUnconfirmed });
}

/** How long a request is kept that nobody removes, ms: a week. */
const KEPT_MS = 7 * 86_400_000;

/** The item of a request. Requests are few and short-lived, so they share a partition. */
interface UnconfirmedItem {
  readonly unconfirmed?: Packed;
}

function keyOf(one: PendingConfirmation): ItemKey {
  const parts = [one.what, one.eventId, ...(one.what === 'restore' ? [one.planId] : [])];
  return { subject: UNCONFIRMED, record: SORT_KEYS.unconfirmed + parts.join(' ') };
}

/** Writes a request, once: one that waits already keeps the time of the first attempt. Throws CallFailed. */
async function putUnconfirmed(table: Table, one: PendingConfirmation): Promise<void> {
  const item = { ...keyOf(one), unconfirmed: pack(one), expiresAt: ttlOf(one.since + KEPT_MS) };
  await putItem(table, item, { condition: 'attribute_not_exists(#record)' });
}

/** All requests, the oldest first. Throws CallFailed, InputInvalid. */
async function readUnconfirmed(table: Table): Promise<readonly PendingConfirmation[]> {
  const items: readonly UnconfirmedItem[] = await queryAll(table, itemsUnder(UNCONFIRMED, SORT_KEYS.unconfirmed));
  return items
    .map((item): PendingConfirmation => unpack('unconfirmed', item.unconfirmed))
    .toSorted((a, b) => a.since - b.since);
}

/** Removes a request. Throws CallFailed. */
async function deleteUnconfirmed(table: Table, one: PendingConfirmation): Promise<void> {
  await deleteItem(table, keyOf(one));
}
