import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Outcome } from '../../../../domain/decision.ts';
import { InputInvalid } from '../../../../domain/errors.ts';
import { call } from '../../call.ts';
import { ATTRIBUTES, isRefused, numeric, seconds, standing, type Table } from './item.ts';
import { keptUntil } from './keep.ts';
import { planKey } from './keys.ts';
import { LEDGER_TABLE } from './table.ts';
import { packOutcome } from './text.ts';

/** What waits for a person is found as such, and kept until it is answered; everything else is no longer due, and has an end. */
const filed = (outcome: Outcome) => {
  const until = keptUntil(outcome);
  return until === undefined
    ? {
        clause: ', #as = :status, #due = :since REMOVE #unsettled',
        names: {},
        values: { ':since': numeric(outcome.plan.at) },
      }
    : {
        clause: ', #ttl = :ttl REMOVE #unsettled, #as, #due',
        names: { '#ttl': LEDGER_TABLE.ttl },
        values: { ':ttl': seconds(until) },
      };
};

const settlement = (table: Table, outcome: Outcome): UpdateItemCommand => {
  const { clause, names, values } = filed(outcome);
  return new UpdateItemCommand({
    TableName: table.name,
    Key: planKey(outcome.plan.decision.group.id, outcome.plan.id),
    UpdateExpression: `SET #outcome = :outcome, #status = :status${clause}`,
    ConditionExpression: 'attribute_exists(#unsettled)',
    ExpressionAttributeNames: {
      '#outcome': ATTRIBUTES.outcome,
      '#status': ATTRIBUTES.status,
      '#unsettled': LEDGER_TABLE.unsettled.partitionKey,
      '#as': LEDGER_TABLE.due.partitionKey,
      '#due': LEDGER_TABLE.due.sortKey,
      ...names,
    },
    ExpressionAttributeValues: { ':outcome': packOutcome(outcome), ':status': { S: outcome.status }, ...values },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
};

/**
 * Closes a plan's entry. The first to settle is right: a later one (a lost answer sent again, a slow invocation whose plan was
 * taken over) changes nothing. Throws CallFailed, and InputInvalid for a plan that was never reserved.
 */
export async function settle(table: Table, outcome: Outcome): Promise<void> {
  try {
    await call('UpdateItem', table.dynamoDb.send(settlement(table, outcome)));
  } catch (error) {
    if (!isRefused(error)) throw error;
    const { id, decision } = outcome.plan;
    if (await standing(table, planKey(decision.group.id, id), error)) return;
    throw new InputInvalid(`ledger: plan ${id} was never reserved: reserve it before acting`, { cause: error });
  }
}
