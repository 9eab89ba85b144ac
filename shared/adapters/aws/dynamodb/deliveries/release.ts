import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { unlessRefused } from '../ledger/item.ts';
import { type DeliveryTable, type Named, THREAD, threadKey } from './item.ts';

/** Gives a claim back; one that ran out and is another's by now is left alone. Throws CallFailed. */
export const release = async (table: DeliveryTable, channel: string, message: Named, owner: string): Promise<void> => {
  const command = new UpdateItemCommand({
    TableName: table.name,
    Key: threadKey(channel, message),
    UpdateExpression: 'REMOVE #owner, #until',
    ConditionExpression: '#owner = :owner',
    ExpressionAttributeNames: { '#owner': THREAD.owner, '#until': THREAD.heldUntil },
    ExpressionAttributeValues: { ':owner': { S: owner } },
  });
  await unlessRefused('UpdateItem', table.dynamoDb.send(command));
};
