import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { isBudgeted } from '../../../../domain/budgeted.ts';
import { isAboutCanary } from '../../../../domain/canary.ts';
import type { Plan } from '../../../../domain/decision.ts';
import type { Reservation } from '../../../../domain/ledger.ts';
import { remediationId } from '../../../../domain/remediation-id.ts';
import { call } from '../../call.ts';
import { beginAgain } from './again.ts';
import { type Claim, claimed } from './claim.ts';
import { ATTRIBUTES, type Item, isRefused, numeric, seconds, standing, type Table, unlessRefused } from './item.ts';
import { chapterOf, planKey } from './keys.ts';
import { LEDGER_TABLE } from './table.ts';
import { packPlan } from './text.ts';

const keyOf = (plan: Plan) => planKey(plan.decision.group.id, plan.id);

/** Where a remediation stands in the history, which people read; the canary's are in none. */
const historyKey = (plan: Plan): Item => {
  const { partitionKey, sortKey } = LEDGER_TABLE.history;
  if (isAboutCanary(plan.decision)) return {};
  return { [partitionKey]: { S: chapterOf(plan.at) }, [sortKey]: { S: remediationId(plan) } };
};

/** Writes a new entry, also over one that has expired. Refused where another entry stands. */
async function insert(table: Table, plan: Plan, claim: Claim): Promise<void> {
  const command = new PutItemCommand({
    TableName: table.name,
    Item: {
      ...keyOf(plan),
      ...claimed(plan, claim),
      ...historyKey(plan),
      [ATTRIBUTES.plan]: packPlan(plan),
    },
    ConditionExpression: 'attribute_not_exists(#key) OR #ttl <= :now',
    ExpressionAttributeNames: { '#key': LEDGER_TABLE.sortKey, '#ttl': LEDGER_TABLE.ttl },
    ExpressionAttributeValues: { ':now': seconds(table.clock.now()) },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  await call('PutItem', table.dynamoDb.send(command));
}

/** Takes an unsettled entry over, unless another invocation holds it or was quicker. The stored plan stays: it was there before the act. */
async function takeOver(table: Table, plan: Plan, { owner, until }: Claim): Promise<Reservation> {
  const command = new UpdateItemCommand({
    TableName: table.name,
    Key: keyOf(plan),
    UpdateExpression: 'SET #owner = :owner, #until = :until',
    ConditionExpression: 'attribute_exists(#unsettled) AND (#owner = :owner OR #until <= :now)',
    ExpressionAttributeNames: {
      '#unsettled': LEDGER_TABLE.unsettled.partitionKey,
      '#owner': ATTRIBUTES.owner,
      '#until': LEDGER_TABLE.due.sortKey,
    },
    ExpressionAttributeValues: {
      ':owner': { S: owner },
      ':until': numeric(until),
      ':now': numeric(table.clock.now()),
    },
  });
  return (await unlessRefused('UpdateItem', table.dynamoDb.send(command))) ? 'resume' : 'busy';
}

const reserveOver = async (table: Table, item: Item, plan: Plan, claim: Claim): Promise<Reservation> => {
  const status = item[ATTRIBUTES.status]?.S;
  if (status === undefined) return await takeOver(table, plan, claim);
  if (status === 'held' && isBudgeted(plan)) return 'held';
  return status === 'failed' || status === 'held' ? await beginAgain(table, item, plan, claim) : 'settled';
};

/**
 * Reserves a plan: one conditional write where the case is new. An entry that vanished between the write and the look at it
 * was being deleted by its TTL, and counts as busy: the retry finds the place free. Throws CallFailed, InputInvalid.
 */
export async function reserve(table: Table, plan: Plan, claim: Claim): Promise<Reservation> {
  try {
    await insert(table, plan, claim);
    return 'go';
  } catch (error) {
    if (!isRefused(error)) throw error;
    const item = await standing(table, keyOf(plan), error);
    return item === undefined ? 'busy' : await reserveOver(table, item, plan, claim);
  }
}
