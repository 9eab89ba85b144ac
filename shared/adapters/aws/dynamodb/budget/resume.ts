import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { BudgetAccount } from '../../../../domain/ledger.ts';
import { uuid } from '../../../../domain/random.ts';
import { call } from '../../call.ts';
import type { Table } from '../ledger/item.ts';
import { pack } from '../ledger/pack.ts';
import { BUDGET, BUDGET_KEY } from './item.ts';

/** Starts the count anew, whatever stands, and records who said so. A take that was under way is judged again. Throws CallFailed. */
export const resume =
  (table: Table): BudgetAccount['resume'] =>
  async (asked) => {
    const command = new UpdateItemCommand({
      TableName: table.name,
      Key: BUDGET_KEY,
      UpdateExpression: 'SET #taken = :taken, #version = :next, #resumed = :asked REMOVE #spentBy',
      ExpressionAttributeNames: {
        '#taken': BUDGET.taken,
        '#version': BUDGET.version,
        '#resumed': BUDGET.resumed,
        '#spentBy': BUDGET.spentBy,
      },
      ExpressionAttributeValues: {
        ':taken': pack([]),
        ':next': { S: uuid(table.random) },
        ':asked': pack(asked),
      },
    });
    await call('UpdateItem', table.dynamoDb.send(command));
  };
