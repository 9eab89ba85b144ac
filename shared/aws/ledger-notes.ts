import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { FollowUp, Progress } from '../model/follow-up.ts';
import type { Entry } from '../model/ledger.ts';
import { call } from './call.ts';
import { ATTRIBUTES, type Item, seconds, type Table } from './ledger-item.ts';
import { notedUntil } from './ledger-keep.ts';
import { itemKey, notesPrefix, sortableTime } from './ledger-keys.ts';
import { pack } from './ledger-pack.ts';
import { LEDGER_TABLE } from './ledger-table.ts';

let written = 0;

/** Sorts by time, within a millisecond by the order in this container, and is nobody else's. */
const noteName = (now: number): string => {
  written += 1;
  return [sortableTime(now), String(written).padStart(9, '0'), crypto.randomUUID()].join(' ');
};

/**
 * A note is an item of its own beside the plan's: a plan may fill most of the 400 KB that an item takes, and each of its follow-ups
 * may be as large. A request that is sent again writes the same item.
 */
async function note(table: Table, { plan }: Entry, content: Item): Promise<void> {
  const now = table.clock.now();
  const command = new PutItemCommand({
    TableName: table.name,
    Item: {
      ...itemKey(plan.decision.group.id, notesPrefix(plan.id) + noteName(now)),
      ...content,
      [LEDGER_TABLE.ttl]: seconds(notedUntil(now)),
    },
  });
  await call('PutItem', table.dynamoDb.send(command));
}

/** Appends to an entry's record. Throws CallFailed. */
export async function noteFollowUp(table: Table, entry: Entry, followUp: FollowUp): Promise<void> {
  await note(table, entry, { [ATTRIBUTES.followUp]: pack(followUp) });
}

/** Appends a finished step. Throws CallFailed. */
export async function noteProgress(table: Table, entry: Entry, progress: Progress): Promise<void> {
  await note(table, entry, { [ATTRIBUTES.progress]: pack(progress) });
}
