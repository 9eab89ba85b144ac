import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Confirmations, PendingConfirmation } from '../../../domain/ledger.ts';
import { call } from '../call.ts';
import { itemKey, LEDGER_TABLE, SORT_KEYS, UNCONFIRMED } from './keys.ts';
import {
  type Item,
  itemsUnder,
  pack,
  packedText,
  queryAll,
  type Table,
  ttlAttribute,
  unlessConditionFailed,
} from './table.ts';

const ATTRIBUTE = 'unconfirmed';

/** How long one is kept that nobody deletes, ms: a week. */
const KEPT_MS = 7 * 86_400_000;

/** They are few and short-lived, so they share a partition. */
function keyOf(one: PendingConfirmation) {
  return itemKey(
    UNCONFIRMED,
    `${SORT_KEYS.unconfirmed}${one.what} ${one.eventId}${one.what === 'restore' ? ` ${one.planId}` : ''}`,
  );
}

function unconfirmedOf(item: Item): PendingConfirmation {
  const one: PendingConfirmation = JSON.parse(packedText(ATTRIBUTE, item[ATTRIBUTE]));
  return one;
}

/** Writes one down; one that waits already stays as it is, so that its time runs from the first try. */
async function putUnconfirmed(table: Table, one: PendingConfirmation): Promise<void> {
  const command = new PutItemCommand({
    TableName: table.name,
    Item: { ...keyOf(one), [ATTRIBUTE]: pack(one), [LEDGER_TABLE.ttl]: ttlAttribute(one.since + KEPT_MS) },
    ConditionExpression: 'attribute_not_exists(#key)',
    ExpressionAttributeNames: { '#key': LEDGER_TABLE.sortKey },
  });
  await unlessConditionFailed('PutItem', table.dynamoDb.send(command));
}

async function allUnconfirmed(table: Table): Promise<readonly PendingConfirmation[]> {
  const items = await queryAll(table, itemsUnder(UNCONFIRMED, SORT_KEYS.unconfirmed));
  return items.map(unconfirmedOf).toSorted((a, b) => a.since - b.since);
}

async function deleteUnconfirmed(table: Table, one: PendingConfirmation): Promise<void> {
  await call('DeleteItem', table.dynamoDb.send(new DeleteItemCommand({ TableName: table.name, Key: keyOf(one) })));
}

/** What waits for CloudTrail, for the functions that only put something there. */
export function confirmationsTo(table: Table): Pick<Confirmations, 'add'> {
  return {
    add: async (one) => await putUnconfirmed(table, one),
  };
}

/** What waits for CloudTrail, in the ledger's table. */
export function confirmationsIn(table: Table): Confirmations {
  return {
    ...confirmationsTo(table),
    pending: async () => await allUnconfirmed(table),
    remove: async (one) => await deleteUnconfirmed(table, one),
  };
}
