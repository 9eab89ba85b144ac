import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { call } from '../../call.ts';
import { seconds } from '../ledger/item.ts';
import { LEDGER_TABLE } from '../ledger/table.ts';
import { type DeliveryTable, deliveryKeptUntil, deliveryKey, type Named } from './item.ts';

/** Writes down that a channel had a message; again changes nothing. Throws CallFailed. */
export const remember = async (table: DeliveryTable, channel: string, message: Named): Promise<void> => {
  const ttl = seconds(deliveryKeptUntil(table.clock.now()));
  const command = new PutItemCommand({
    TableName: table.name,
    Item: { ...deliveryKey(channel, message), [LEDGER_TABLE.ttl]: ttl },
  });
  await call('PutItem', table.dynamoDb.send(command));
};
