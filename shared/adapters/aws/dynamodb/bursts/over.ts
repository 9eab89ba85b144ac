import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Gist, Storm } from '../../../../domain/notifications/storm.ts';
import { numeric, type Table, unlessRefused } from '../ledger/item.ts';
import { RECORDS } from '../ledger/keys.ts';
import { dueBy, itemsOf, recordsUnder } from '../ledger/query.ts';
import { LEDGER_TABLE } from '../ledger/table.ts';
import { closedAtOf, gistOf, minuteKey, minuteOfSubject, STORM, STORM_DUE, stormSubject } from './item.ts';
import { forget } from './told.ts';

const { due } = LEDGER_TABLE;

/** No further minute is read from so many gists on, 4 MB in five pages: what is left comes at the next tick. */
const MOST_GISTS = 10_000;

/** Minutes that are due, the oldest first. */
const minutesDue = async (table: Table, now: number): Promise<readonly number[]> => {
  const items = await itemsOf(table, dueBy(STORM_DUE, now));
  return items.map((item) => minuteOfSubject(item[LEDGER_TABLE.partitionKey]?.S ?? '')).toSorted((a, b) => a - b);
};

/** Closes a minute, once: when it was closed is answered. Undefined where it was told meanwhile: the index follows the table. */
const close = async (table: Table, minute: number, now: number): Promise<number | undefined> => {
  const command = new UpdateItemCommand({
    TableName: table.name,
    Key: minuteKey(minute),
    UpdateExpression: 'SET #closedAt = if_not_exists(#closedAt, :now)',
    ConditionExpression: 'attribute_exists(#dueAs)',
    ExpressionAttributeNames: { '#closedAt': STORM.closedAt, '#dueAs': due.partitionKey },
    ExpressionAttributeValues: { ':now': numeric(now) },
    ReturnValues: 'ALL_NEW',
  });
  return closedAtOf((await unlessRefused('UpdateItem', table.dynamoDb.send(command)))?.Attributes);
};

/** What a closed minute gathered, apart from what went on to a later one. */
const gistsOf = async (table: Table, minute: number): Promise<readonly Gist[]> => {
  const items = await itemsOf(table, recordsUnder(stormSubject(minute), RECORDS.gist));
  return items.filter((item) => item[STORM.movedTo] === undefined).map(gistOf);
};

const stormOf = async (table: Table, minute: number, now: number): Promise<Storm | undefined> => {
  const closedAt = await close(table, minute, now);
  if (closedAt === undefined) return undefined;
  const storm = { minute, closedAt, gists: await gistsOf(table, minute) };
  if (storm.gists.length > 0) return storm;
  await forget(table, storm);
  return undefined;
};

/**
 * Storms that are over, each closed before it is read; minutes that gathered nothing are forgotten on the way. Throws CallFailed,
 * InputInvalid.
 *
 * @param most gists from which on no further minute is read; each comes whole
 */
export const over = async (table: Table, most = MOST_GISTS): Promise<readonly Storm[]> => {
  const now = table.clock.now();
  const storms: Storm[] = [];
  let gists = 0;
  for (const minute of await minutesDue(table, now)) {
    if (gists >= most) break;
    const storm = await stormOf(table, minute, now);
    if (storm !== undefined) storms.push(storm);
    gists += storm?.gists.length ?? 0;
  }
  return storms;
};
