import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { InputInvalid } from '../model/errors.ts';
import type { Answer } from '../model/follow-up.ts';
import type { Entry } from '../model/ledger.ts';
import { call } from './call.ts';
import { ANSWERED } from './ledger-claim.ts';
import { answerOf } from './ledger-entry.ts';
import { ATTRIBUTES, isRefused, numeric, seconds, standing, type Table } from './ledger-item.ts';
import { answeredUntil } from './ledger-keep.ts';
import { planKey } from './ledger-keys.ts';
import { pack } from './ledger-pack.ts';
import { LEDGER_TABLE } from './ledger-table.ts';

const answering = (table: Table, { plan }: Entry, said: Answer): UpdateItemCommand =>
  new UpdateItemCommand({
    TableName: table.name,
    Key: planKey(plan.decision.group.id, plan.id),
    UpdateExpression: 'SET #answer = :answer, #ttl = :ttl, #as = :answered, #due = :said',
    ConditionExpression: 'attribute_not_exists(#answer) AND #status IN (:pending, :held)',
    ExpressionAttributeNames: {
      '#answer': ATTRIBUTES.answer,
      '#status': ATTRIBUTES.status,
      '#ttl': LEDGER_TABLE.ttl,
      '#as': LEDGER_TABLE.due.partitionKey,
      '#due': LEDGER_TABLE.due.sortKey,
    },
    ExpressionAttributeValues: {
      ':answer': pack(said),
      ':ttl': seconds(answeredUntil(said)),
      ':answered': { S: ANSWERED },
      ':said': numeric(said.at),
      ':pending': { S: 'pending' },
      ':held': { S: 'held' },
    },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });

/**
 * Records what a person said to a plan that waits; it waits no longer, and is found by `answered` until that has had its effect. The first answer stands and is returned. Throws CallFailed, and
 * InputInvalid where nothing waits.
 */
export async function answer(table: Table, entry: Entry, said: Answer): Promise<Answer> {
  try {
    await call('UpdateItem', table.dynamoDb.send(answering(table, entry, said)));
    return said;
  } catch (error) {
    if (!isRefused(error)) throw error;
    const { id, decision } = entry.plan;
    const first = answerOf((await standing(table, planKey(decision.group.id, id), error)) ?? {});
    if (first !== undefined) return first;
    throw new InputInvalid(`ledger: plan ${id} of ${decision.group.id} waits for no answer: read the entry again`, {
      cause: error,
    });
  }
}
