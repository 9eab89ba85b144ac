import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Plan } from '../model/decision.ts';
import type { Reservation } from '../model/ledger.ts';
import { call } from './call.ts';
import { ATTRIBUTES, isRefused, keyOf, numeric, seconds, standing, type Table } from './ledger-item.ts';
import { LEDGER_TABLE } from './ledger-table.ts';
import { packPlan } from './ledger-text.ts';

/** Writes a new entry, also over one that failed or has expired. Refused where another entry stands. */
async function insert(table: Table, plan: Plan, owner: string): Promise<void> {
  const now = table.clock.now();
  const command = new PutItemCommand({
    TableName: table.name,
    Item: {
      ...keyOf(plan),
      [LEDGER_TABLE.unsettled.partitionKey]: { S: plan.decision.group.id },
      [LEDGER_TABLE.unsettled.sortKey]: numeric(now),
      [ATTRIBUTES.owner]: { S: owner },
      [ATTRIBUTES.lease]: numeric(now + table.leaseMs),
      [ATTRIBUTES.plan]: packPlan(plan),
    },
    ConditionExpression: 'attribute_not_exists(#key) OR #status = :failed OR #ttl <= :now',
    ExpressionAttributeNames: { '#key': LEDGER_TABLE.sortKey, '#status': ATTRIBUTES.status, '#ttl': LEDGER_TABLE.ttl },
    ExpressionAttributeValues: { ':failed': { S: 'failed' }, ':now': seconds(now) },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  await call('PutItem', table.dynamoDb.send(command));
}

/** Takes an unsettled entry over, unless another invocation holds it or was quicker. The stored plan stays: it was there before the act. */
async function takeOver(table: Table, plan: Plan, owner: string): Promise<Reservation> {
  const now = table.clock.now();
  const command = new UpdateItemCommand({
    TableName: table.name,
    Key: keyOf(plan),
    UpdateExpression: 'SET #owner = :owner, #lease = :until',
    ConditionExpression: 'attribute_exists(#unsettled) AND (#owner = :owner OR #lease <= :now)',
    ExpressionAttributeNames: {
      '#unsettled': LEDGER_TABLE.unsettled.partitionKey,
      '#owner': ATTRIBUTES.owner,
      '#lease': ATTRIBUTES.lease,
    },
    ExpressionAttributeValues: {
      ':owner': { S: owner },
      ':until': numeric(now + table.leaseMs),
      ':now': numeric(now),
    },
  });
  try {
    await call('UpdateItem', table.dynamoDb.send(command));
    return 'resume';
  } catch (error) {
    if (isRefused(error)) return 'busy';
    throw error;
  }
}

/**
 * Reserves a plan: one conditional write where the case is new. An entry that vanished between the write and the look at it
 * was being deleted by its TTL, and counts as busy: the retry finds the place free. Throws CallFailed.
 */
export async function reserve(table: Table, plan: Plan, owner: string): Promise<Reservation> {
  try {
    await insert(table, plan, owner);
    return 'go';
  } catch (error) {
    if (!isRefused(error)) throw error;
    const item = await standing(table, plan, error);
    if (item && !item[LEDGER_TABLE.unsettled.partitionKey]) return 'settled';
    return item ? takeOver(table, plan, owner) : 'busy';
  }
}
