import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { PRESS_LASTS_MS, type Press, type Presses } from '../../../../domain/requests/press.ts';
import { call } from '../../call.ts';
import { isRefused, numeric, seconds, standing, type Table } from '../ledger/item.ts';
import { pack } from '../ledger/pack.ts';
import { LEDGER_TABLE } from '../ledger/table.ts';
import { claimKey, holderOf, PRESS, PRESSES_KEPT_MS, pressRecordOf } from './item.ts';

const claiming = (table: Table, press: Press): UpdateItemCommand => {
  const now = table.clock.now();
  return new UpdateItemCommand({
    TableName: table.name,
    Key: claimKey(press),
    UpdateExpression: 'SET #press = :press, #holder = :holder, #until = :until, #ttl = :ttl REMOVE #result',
    ConditionExpression: 'attribute_not_exists(#holder) OR #holder = :holder OR #until <= :now',
    ExpressionAttributeNames: {
      '#press': PRESS.press,
      '#holder': PRESS.holder,
      '#until': PRESS.heldUntil,
      '#result': PRESS.result,
      '#ttl': LEDGER_TABLE.ttl,
    },
    ExpressionAttributeValues: {
      ':press': pack(press),
      ':holder': holderOf(press),
      ':now': numeric(now),
      ':until': numeric(now + PRESS_LASTS_MS),
      ':ttl': seconds(now + PRESSES_KEPT_MS),
    },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
};

/** Claims the action and the remediation for a press, or answers the one that has them. Throws CallFailed. */
export const claim =
  (table: Table): Presses['claim'] =>
  async (press) => {
    try {
      await call('UpdateItem', table.dynamoDb.send(claiming(table, press)));
      return undefined;
    } catch (error) {
      if (!isRefused(error)) throw error;
      const first = await standing(table, claimKey(press), error);
      return first === undefined ? undefined : pressRecordOf(first);
    }
  };
