import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { InputInvalid } from '../../../../domain/errors.ts';
import type { Entry } from '../../../../domain/ledger.ts';
import type { Answer } from '../../../../domain/requests/follow-up.ts';
import { call } from '../../call.ts';
import { ANSWERED } from './claim.ts';
import { answerOf } from './entry.ts';
import { ATTRIBUTES, isRefused, numeric, seconds, standing, type Table } from './item.ts';
import { answeredUntil } from './keep.ts';
import { planKey } from './keys.ts';
import { pack } from './pack.ts';
import { LEDGER_TABLE } from './table.ts';

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
