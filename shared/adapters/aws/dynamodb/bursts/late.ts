import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { endOf, type Gist, minuteOf } from '../../../../domain/notifications/storm.ts';
import { call } from '../../call.ts';
import { getItem, type Item, numberIn, numeric, seconds, type Table } from '../ledger/item.ts';
import { LEDGER_TABLE } from '../ledger/table.ts';
import { closedAtOf, gistItemKey, LANDED_MS, minuteItem, STORM, stormKeptUntil } from './item.ts';

const movedTo = (item: Item | undefined): number | undefined => numberIn(item?.[STORM.movedTo]);

/** Whether a gist of an earlier try, whose invocation has ended, was in its minute for certain when that was read. */
const wasRead = async (table: Table, { [STORM.putAt]: putAt }: Item, minute: number): Promise<boolean> => {
  if (putAt?.N === undefined) return false;
  const closedAt = closedAtOf(await minuteItem(table, minute)) ?? table.clock.now();
  return Number(putAt.N) + LANDED_MS <= closedAt;
};

/** Leaves word in the minute of where the outcome went: the first of two that come at once decides. Throws CallFailed. */
export const leaveWord = async (table: Table, gist: Gist, minute: number): Promise<number> => {
  const now = table.clock.now();
  const to = Math.max(minuteOf(now), endOf(minute));
  const command = new UpdateItemCommand({
    TableName: table.name,
    Key: gistItemKey(minute, gist),
    UpdateExpression: 'SET #movedTo = if_not_exists(#movedTo, :to), #ttl = :until',
    ExpressionAttributeNames: { '#movedTo': STORM.movedTo, '#ttl': LEDGER_TABLE.ttl },
    ExpressionAttributeValues: { ':to': numeric(to), ':until': seconds(stormKeptUntil(now)) },
    ReturnValues: 'ALL_NEW',
  });
  const { Attributes } = await call('UpdateItem', table.dynamoDb.send(command));
  return movedTo(Attributes) ?? to;
};

/**
 * Where an outcome counts whose minute is over: it was gathered there in time, or in a later minute (its start is answered), to which each
 * further try is led by the word that the first one left. One that may have come too late to be read moves on, too: told by two digests is
 * better than by none. Throws CallFailed.
 */
export const moveOn = async (table: Table, gist: Gist, minute: number): Promise<'gathered' | number> => {
  const item = await getItem(table, gistItemKey(minute, gist));
  const known = movedTo(item);
  if (known !== undefined) return known;
  if (item !== undefined && (await wasRead(table, item, minute))) return 'gathered';
  return await leaveWord(table, gist, minute);
};
