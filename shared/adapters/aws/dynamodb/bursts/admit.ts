import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import {
  endOf,
  type Gist,
  gistKey,
  isOver,
  minuteOf,
  STORM_GRACE_MS,
  type Storms,
} from '../../../../domain/notifications/storm.ts';
import { call } from '../../call.ts';
import { isRefused, numeric, seconds, standing, type Table, unlessRefused } from '../ledger/item.ts';
import { pack } from '../ledger/pack.ts';
import { LEDGER_TABLE } from '../ledger/table.ts';
import {
  closedAtOf,
  gistItemKey,
  isAlone,
  minuteItem,
  minuteKey,
  roomFor,
  STORM,
  STORM_DUE,
  stormKeptUntil,
} from './item.ts';
import { leaveWord, moveOn } from './late.ts';

const { due, ttl } = LEDGER_TABLE;

/**
 * Counts an outcome in a minute that is open, unless the minute is full. The set of names is the counter: a name that is in it counts
 * once, and one condition guards every write. With 100 names it is 4 KB. A closed minute is never written to.
 */
const count = async (table: Table, gist: Gist, minute: number, perMinute: number): Promise<void> => {
  const command = new UpdateItemCommand({
    TableName: table.name,
    Key: minuteKey(minute),
    UpdateExpression: 'ADD #alone :names SET #dueAs = :storm, #dueAt = :dueAt',
    ConditionExpression:
      'attribute_not_exists(#closedAt) AND (attribute_not_exists(#alone) OR contains(#alone, :name) OR size(#alone) < :most)',
    ExpressionAttributeNames: {
      '#alone': roomFor(gist),
      '#closedAt': STORM.closedAt,
      '#dueAs': due.partitionKey,
      '#dueAt': due.sortKey,
    },
    ExpressionAttributeValues: {
      ':names': { SS: [gistKey(gist)] },
      ':name': { S: gistKey(gist) },
      ':most': numeric(perMinute),
      ':storm': { S: STORM_DUE },
      ':dueAt': numeric(endOf(minute) + STORM_GRACE_MS),
    },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  await call('UpdateItem', table.dynamoDb.send(command));
};

/** Whether an outcome is told by itself in its minute; `full`, or `over` where the minute takes no more. */
const counted = async (
  table: Table,
  gist: Gist,
  minute: number,
  perMinute: number,
): Promise<'alone' | 'full' | 'over'> => {
  if (isOver(minute, table.clock.now())) return isAlone(await minuteItem(table, minute), gist) ? 'alone' : 'over';
  try {
    await count(table, gist, minute, perMinute);
    return 'alone';
  } catch (error) {
    if (!isRefused(error)) throw error;
    const item = await standing(table, minuteKey(minute), error);
    if (isAlone(item, gist)) return 'alone';
    return closedAtOf(item) === undefined ? 'full' : 'over';
  }
};

/** Puts a gist into a minute, once: a retry leaves the first one, and the time at which it was put there. */
const put = async (table: Table, gist: Gist, minute: number): Promise<void> => {
  const now = table.clock.now();
  const command = new PutItemCommand({
    TableName: table.name,
    Item: {
      ...gistItemKey(minute, gist),
      [STORM.gist]: pack(gist),
      [STORM.putAt]: numeric(now),
      [ttl]: seconds(stormKeptUntil(now)),
    },
    ConditionExpression: 'attribute_not_exists(#record)',
    ExpressionAttributeNames: { '#record': LEDGER_TABLE.sortKey },
  });
  await unlessRefused('PutItem', table.dynamoDb.send(command));
};

/**
 * Puts a gist into a full minute, and looks afterwards whether the minute is still open: it is closed before it is read, so a gist that
 * was there while it was open is read.
 */
const gathered = async (table: Table, gist: Gist, minute: number): Promise<'gathered' | 'over'> => {
  await put(table, gist, minute);
  return closedAtOf(await minuteItem(table, minute)) === undefined ? 'gathered' : 'over';
};

/** Where an outcome is, once its minute is known to be full, or over: gathered, or on its way to a later minute. */
const placed = async (
  table: Table,
  gist: Gist,
  minute: number,
  state: 'full' | 'over',
): Promise<'gathered' | number> => {
  if (state === 'over') return await moveOn(table, gist, minute);
  return (await gathered(table, gist, minute)) === 'gathered' ? 'gathered' : await leaveWord(table, gist, minute);
};

const admitTo = async (table: Table, gist: Gist, minute: number, perMinute: number): ReturnType<Storms['admit']> => {
  const state = await counted(table, gist, minute, perMinute);
  if (state === 'alone') return state;
  const place = await placed(table, gist, minute, state);
  return place === 'gathered' ? place : await admitTo(table, gist, place, perMinute);
};

/**
 * Whether an outcome is told by itself. One write where it is; where it is gathered, a write that is refused, the gist, and a look. Throws
 * CallFailed.
 */
export const admit =
  (table: Table): Storms['admit'] =>
  async (gist, perMinute) =>
    await admitTo(table, gist, minuteOf(Math.min(gist.at, table.clock.now())), perMinute);
