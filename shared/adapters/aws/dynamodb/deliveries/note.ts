import { type AttributeValue, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Thread } from '../../../../domain/notifications/delivery.ts';
import { seconds, unlessRefused } from '../ledger/item.ts';
import { pack } from '../ledger/pack.ts';
import { LEDGER_TABLE } from '../ledger/table.ts';
import { type DeliveryTable, deliveryKeptUntil, type Named, THREAD, threadKey } from './item.ts';
import { remember } from './remember.ts';

/** What a note does with the claim. */
type Then = 'keeps it, and owes an edit' | 'gives it back';

const NAMES = {
  '#owner': THREAD.owner,
  '#last': THREAD.last,
  '#owes': THREAD.owes,
  '#thread': THREAD.thread,
  '#ttl': LEDGER_TABLE.ttl,
};

interface Change {
  readonly set: readonly string[];
  readonly remove: readonly string[];
  readonly values: Record<string, AttributeValue>;
}

const changeOf = (thread: Thread | undefined, then: Then): Change => {
  const owes = then === 'keeps it, and owes an edit';
  return {
    set: [...(thread ? ['#thread = :thread'] : []), ...(owes ? ['#owes = :owes'] : [])],
    remove: [...(thread ? [] : ['#thread']), ...(owes ? [] : ['#owes', '#owner', '#until'])],
    values: { ...(thread && { ':thread': pack(thread) }), ...(owes && { ':owes': { BOOL: true } }) },
  };
};

/**
 * Notes that the channel has a message, in one write. Where the claim has run out meanwhile, or a first try of the same write had come
 * through, the message still gets an item of its own. Throws CallFailed.
 */
const note = async (
  table: DeliveryTable,
  { channel, message, owner }: { readonly channel: string; readonly message: Named; readonly owner: string },
  thread: Thread | undefined,
  then: Then,
): Promise<void> => {
  const { set, remove, values } = changeOf(thread, then);
  const removal = remove.length === 0 ? '' : ` REMOVE ${remove.join(', ')}`;
  const command = new UpdateItemCommand({
    TableName: table.name,
    Key: threadKey(channel, message),
    UpdateExpression: `SET ${['#last = :last', '#ttl = :ttl', ...set].join(', ')}${removal}`,
    ConditionExpression: '#owner = :owner',
    ExpressionAttributeNames: { ...NAMES, ...(removal.includes('#until') && { '#until': THREAD.heldUntil }) },
    ExpressionAttributeValues: {
      ':owner': { S: owner },
      ':last': { S: message.id },
      ':ttl': seconds(deliveryKeptUntil(table.clock.now())),
      ...values,
    },
  });
  const noted = await unlessRefused('UpdateItem', table.dynamoDb.send(command));
  if (noted === undefined) await remember(table, channel, message);
};

/** The channel has the message, and the thread's first one is to follow. Throws CallFailed. */
export const posted = async (
  table: DeliveryTable,
  channel: string,
  message: Named,
  owner: string,
  thread: Thread,
): Promise<void> => await note(table, { channel, message, owner }, thread, 'keeps it, and owes an edit');

/** All is done that there was to do. Throws CallFailed. */
export const delivered = async (
  table: DeliveryTable,
  channel: string,
  message: Named,
  owner: string,
  thread: Thread | undefined,
): Promise<void> => await note(table, { channel, message, owner }, thread, 'gives it back');
