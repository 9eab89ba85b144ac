import { DeleteItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { PRESS_STANDS_MS, type Press, type Presses, pressId } from '../../../../domain/requests/press.ts';
import { numeric, type Table, unlessRefused } from '../ledger/item.ts';
import { claimKey, holderOf, PRESS, pressKey } from './item.ts';

/** Gives up the press's own claim; one that another has by now is left alone. */
const giveBack = async (table: Table, press: Press): Promise<void> => {
  const command = new DeleteItemCommand({
    TableName: table.name,
    Key: claimKey(press),
    ConditionExpression: '#holder = :holder',
    ExpressionAttributeNames: { '#holder': PRESS.holder },
    ExpressionAttributeValues: { ':holder': holderOf(press) },
  });
  await unlessRefused('DeleteItem', table.dynamoDb.send(command));
};

const stand = async (table: Table, press: Press, result: string): Promise<void> => {
  const command = new UpdateItemCommand({
    TableName: table.name,
    Key: claimKey(press),
    UpdateExpression: 'SET #result = :result, #until = :until',
    ConditionExpression: '#holder = :holder',
    ExpressionAttributeNames: { '#result': PRESS.result, '#until': PRESS.heldUntil, '#holder': PRESS.holder },
    ExpressionAttributeValues: {
      ':result': { S: result },
      ':until': numeric(table.clock.now() + PRESS_STANDS_MS),
      ':holder': holderOf(press),
    },
  });
  await unlessRefused('UpdateItem', table.dynamoDb.send(command));
};

/** What became of a press: first on its claim, then on its own record, which says that all of it is done. Throws CallFailed. */
export const ended =
  (table: Table): Presses['ended'] =>
  async (press, result, again) => {
    await (again ? giveBack(table, press) : stand(table, press, result));
    const command = new UpdateItemCommand({
      TableName: table.name,
      Key: pressKey(pressId(press)),
      UpdateExpression: 'SET #result = :result',
      ConditionExpression: 'attribute_exists(#press)',
      ExpressionAttributeNames: { '#result': PRESS.result, '#press': PRESS.press },
      ExpressionAttributeValues: { ':result': { S: result } },
    });
    await unlessRefused('UpdateItem', table.dynamoDb.send(command));
  };
