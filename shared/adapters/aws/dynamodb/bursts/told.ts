import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Storm } from '../../../../domain/notifications/storm.ts';
import { call } from '../../call.ts';
import { seconds, type Table } from '../ledger/item.ts';
import { LEDGER_TABLE } from '../ledger/table.ts';
import { minuteKey, stormKeptUntil } from './item.ts';

const { due, ttl } = LEDGER_TABLE;

/** Takes a closed minute out of what is due. It and its gists stay until they expire, so that a late retry finds its answer. Throws CallFailed. */
export const forget = async (table: Table, { minute }: Pick<Storm, 'minute'>): Promise<void> => {
  const command = new UpdateItemCommand({
    TableName: table.name,
    Key: minuteKey(minute),
    UpdateExpression: 'SET #ttl = :until REMOVE #dueAs, #dueAt',
    ExpressionAttributeNames: { '#ttl': ttl, '#dueAs': due.partitionKey, '#dueAt': due.sortKey },
    ExpressionAttributeValues: { ':until': seconds(stormKeptUntil(table.clock.now())) },
  });
  await call('UpdateItem', table.dynamoDb.send(command));
};
