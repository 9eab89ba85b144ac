import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { type Press, type Presses, pressId } from '../../../../domain/requests/press.ts';
import { seconds, type Table, unlessRefused } from '../ledger/item.ts';
import { pack } from '../ledger/pack.ts';
import { LEDGER_TABLE } from '../ledger/table.ts';
import { PRESS, PRESSES_KEPT_MS, pressKey } from './item.ts';

const putting = (table: Table, press: Press): PutItemCommand =>
  new PutItemCommand({
    TableName: table.name,
    Item: {
      ...pressKey(pressId(press)),
      [PRESS.press]: pack(press),
      [LEDGER_TABLE.ttl]: seconds(press.at + PRESSES_KEPT_MS),
    },
    ConditionExpression: 'attribute_not_exists(#press)',
    ExpressionAttributeNames: { '#press': PRESS.press },
  });

/** Puts a press on the record; one that is there stays with what became of it. Throws CallFailed. */
export const record =
  (table: Table): Presses['record'] =>
  async (press) => {
    await unlessRefused('PutItem', table.dynamoDb.send(putting(table, press)));
  };
