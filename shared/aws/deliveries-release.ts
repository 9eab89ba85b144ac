import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { call } from './call.ts';
import { type DeliveryTable, type Named, THREAD, threadKey } from './deliveries-item.ts';
import { isRefused } from './ledger-item.ts';

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
  try {
    await call('UpdateItem', table.dynamoDb.send(command));
  } catch (error) {
    if (!isRefused(error)) throw error;
  }
};
