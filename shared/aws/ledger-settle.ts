import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Outcome } from '../model/decision.ts';
import { InputInvalid } from '../model/errors.ts';
import { call } from './call.ts';
import { ATTRIBUTES, isRefused, keyOf, seconds, standing, type Table } from './ledger-item.ts';
import { LEDGER_TABLE } from './ledger-table.ts';
import { packOutcome } from './ledger-text.ts';

const DAY_MS = 86_400_000;

/** What was removed can be put back through the next yearly audit. */
const REMOVAL_DAYS = 400;

/** What was only told. */
const REPORT_DAYS = 30;

const keptFor = (outcome: Outcome): number =>
  (outcome.status === 'done' || outcome.removed.length > 0 ? REMOVAL_DAYS : REPORT_DAYS) * DAY_MS;

const settlement = (table: Table, outcome: Outcome): UpdateItemCommand =>
  new UpdateItemCommand({
    TableName: table.name,
    Key: keyOf(outcome.plan),
    UpdateExpression: 'SET #outcome = :outcome, #status = :status, #ttl = :ttl REMOVE #unsettled, #reserved, #lease',
    ConditionExpression: 'attribute_exists(#unsettled)',
    ExpressionAttributeNames: {
      '#outcome': ATTRIBUTES.outcome,
      '#status': ATTRIBUTES.status,
      '#ttl': LEDGER_TABLE.ttl,
      '#unsettled': LEDGER_TABLE.unsettled.partitionKey,
      '#reserved': LEDGER_TABLE.unsettled.sortKey,
      '#lease': ATTRIBUTES.lease,
    },
    ExpressionAttributeValues: {
      ':outcome': packOutcome(outcome),
      ':status': { S: outcome.status },
      ':ttl': seconds(outcome.at + keptFor(outcome)),
    },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });

/**
 * Closes a plan's entry. The first to settle is right: a later one (a lost answer sent again, a slow invocation whose plan was
 * taken over) changes nothing. Throws CallFailed, and InputInvalid for a plan that was never reserved.
 */
export async function settle(table: Table, outcome: Outcome): Promise<void> {
  try {
    await call('UpdateItem', table.dynamoDb.send(settlement(table, outcome)));
  } catch (error) {
    if (!isRefused(error)) throw error;
    if (await standing(table, outcome.plan, error)) return;
    throw new InputInvalid(`ledger: plan ${outcome.plan.id} was never reserved: reserve it before acting`, {
      cause: error,
    });
  }
}
