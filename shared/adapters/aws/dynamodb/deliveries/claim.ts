import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Claim, Thread } from '../../../../domain/notifications/delivery.ts';
import { getItem, type Item, numeric, seconds, unlessRefused } from '../ledger/item.ts';
import { packedText } from '../ledger/pack.ts';
import { LEDGER_TABLE } from '../ledger/table.ts';
import { type DeliveryTable, deliveryKeptUntil, deliveryKey, type Named, THREAD, threadKey } from './item.ts';
import { release } from './release.ts';
import { remember } from './remember.ts';

/** Takes a thread that nobody is at; undefined where somebody is. One's own claim is taken again: the answer to the first may be lost. */
const take = async (table: DeliveryTable, key: Item, owner: string): Promise<Item | undefined> => {
  const now = table.clock.now();
  const command = new UpdateItemCommand({
    TableName: table.name,
    Key: key,
    UpdateExpression: 'SET #owner = :owner, #until = :until, #ttl = :ttl',
    ConditionExpression: 'attribute_not_exists(#owner) OR #owner = :owner OR #until <= :now',
    ExpressionAttributeNames: { '#owner': THREAD.owner, '#until': THREAD.heldUntil, '#ttl': LEDGER_TABLE.ttl },
    ExpressionAttributeValues: {
      ':owner': { S: owner },
      ':now': numeric(now),
      ':until': numeric(now + table.leaseMs),
      ':ttl': seconds(deliveryKeptUntil(now)),
    },
    ReturnValues: 'ALL_NEW',
  });
  const answer = await unlessRefused('UpdateItem', table.dynamoDb.send(command));
  return answer && (answer.Attributes ?? {});
};

const threadOf = (item: Item): Thread | undefined => {
  if (item[THREAD.thread] === undefined) return undefined;
  const thread: Thread = JSON.parse(packedText(THREAD.thread, item[THREAD.thread]));
  return thread;
};

/** Whether the channel has the message: it is the thread's last one, or it has an item of its own. */
const isKnown = async (table: DeliveryTable, channel: string, message: Named, thread: Item): Promise<boolean> =>
  thread[THREAD.last]?.S === message.id || (await getItem(table, deliveryKey(channel, message))) !== undefined;

/** What somebody else's claim leaves to say. */
const refused = async (table: DeliveryTable, channel: string, message: Named): Promise<Claim> => {
  const item = (await getItem(table, threadKey(channel, message))) ?? {};
  const isOwed = item[THREAD.last]?.S === message.id && item[THREAD.owes] !== undefined;
  return !isOwed && (await isKnown(table, channel, message, item)) ? { kind: 'done' } : { kind: 'busy' };
};

/**
 * Claims a thread in a channel for a message. The thread's item names its last message; before another can take that place, the last one
 * gets an item of its own: so that there is no moment at which the record has forgotten what the channel had. Throws CallFailed.
 */
export const claim = async (table: DeliveryTable, channel: string, message: Named, owner: string): Promise<Claim> => {
  const item = await take(table, threadKey(channel, message), owner);
  if (item === undefined) return await refused(table, channel, message);
  const thread = threadOf(item);
  const last = item[THREAD.last]?.S;
  if (last === message.id && item[THREAD.owes] !== undefined && thread !== undefined) return { kind: 'posted', thread };
  if (await isKnown(table, channel, message, item)) {
    await release(table, channel, message, owner);
    return { kind: 'done' };
  }
  if (last !== undefined) await remember(table, channel, { id: last, thread: message.thread });
  return { kind: 'mine', ...(thread && { thread }) };
};
