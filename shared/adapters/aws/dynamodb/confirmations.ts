import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Confirmations, Unconfirmed } from '../../../domain/requests/confirmation.ts';
import { call } from '../call.ts';
import { type Item, seconds, type Table, unlessRefused } from './ledger/item.ts';
import { itemKey, RECORDS, UNCONFIRMED } from './ledger/keys.ts';
import { pack, packedText } from './ledger/pack.ts';
import { itemsOf, recordsUnder } from './ledger/query.ts';
import { LEDGER_TABLE } from './ledger/table.ts';

const WHOLE = 'unconfirmed';

/** How long one is kept that nobody deletes, ms: a week. */
const KEPT_MS = 7 * 86_400_000;

/** They are few and short-lived, so they share a partition. */
const keyOf = (one: Unconfirmed) =>
  itemKey(
    UNCONFIRMED,
    `${RECORDS.unconfirmed}${one.what} ${one.eventId}${one.what === 'restore' ? ` ${one.planId}` : ''}`,
  );

function unconfirmedOf(item: Item): Unconfirmed {
  const one: Unconfirmed = JSON.parse(packedText(WHOLE, item[WHOLE]));
  return one;
}

/** Writes one down; one that waits already stays as it is, so that its time runs from the first try. */
async function wait(table: Table, one: Unconfirmed): Promise<void> {
  const command = new PutItemCommand({
    TableName: table.name,
    Item: { ...keyOf(one), [WHOLE]: pack(one), [LEDGER_TABLE.ttl]: seconds(one.since + KEPT_MS) },
    ConditionExpression: 'attribute_not_exists(#key)',
    ExpressionAttributeNames: { '#key': LEDGER_TABLE.sortKey },
  });
  await unlessRefused('PutItem', table.dynamoDb.send(command));
}

async function waiting(table: Table): Promise<readonly Unconfirmed[]> {
  const items = await itemsOf(table, recordsUnder(UNCONFIRMED, RECORDS.unconfirmed));
  return items.map(unconfirmedOf).toSorted((a, b) => a.since - b.since);
}

async function done(table: Table, one: Unconfirmed): Promise<void> {
  await call('DeleteItem', table.dynamoDb.send(new DeleteItemCommand({ TableName: table.name, Key: keyOf(one) })));
}

/** What waits for CloudTrail, for the functions that only put something there. */
export const confirmationsTo = (table: Table): Pick<Confirmations, 'wait'> => ({
  wait: async (one) => await wait(table, one),
});

/** What waits for CloudTrail, in the ledger's table. */
export const confirmationsIn = (table: Table): Confirmations => ({
  ...confirmationsTo(table),
  waiting: async () => await waiting(table),
  done: async (one) => await done(table, one),
});
