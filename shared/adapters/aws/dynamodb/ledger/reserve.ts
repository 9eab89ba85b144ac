import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { isAboutCanary } from '../../../../domain/canary.ts';
import { countsAgainstBudget, type Outcome, type Plan, plannedAt, remediationId } from '../../../../domain/decision.ts';
import { InputInvalid } from '../../../../domain/errors.ts';
import type { Reservation } from '../../../../domain/ledger.ts';
import { call } from '../../call.ts';
import { historyPartition, LEDGER_TABLE, planKey } from '../keys.ts';
import {
  ATTRIBUTES,
  existingItem,
  type Item,
  isConditionFailed,
  numberAttribute,
  type Table,
  ttlAttribute,
  unlessConditionFailed,
} from '../table.ts';
import { claimAttributes, outcomeKeptUntil, type PlanClaim, packOutcome, packPlan } from './items.ts';

function planKeyOf(plan: Plan) {
  return planKey(plan.decision.group.id, plan.id);
}

/** Where a remediation stands in the history, which people read; the canary's are in none. */
function historyKey(plan: Plan): Item {
  const { partitionKey, sortKey } = LEDGER_TABLE.history;
  if (isAboutCanary(plan.decision)) return {};
  return { [partitionKey]: { S: historyPartition(plan.at) }, [sortKey]: { S: remediationId(plan) } };
}

/** Writes a new entry, also over one that has expired. Refused where another entry stands. */
async function insert(table: Table, plan: Plan, claim: PlanClaim): Promise<void> {
  const command = new PutItemCommand({
    TableName: table.name,
    Item: {
      ...planKeyOf(plan),
      ...claimAttributes(plan, claim),
      ...historyKey(plan),
      [ATTRIBUTES.plan]: packPlan(plan),
    },
    ConditionExpression: 'attribute_not_exists(#key) OR #ttl <= :now',
    ExpressionAttributeNames: { '#key': LEDGER_TABLE.sortKey, '#ttl': LEDGER_TABLE.ttl },
    ExpressionAttributeValues: { ':now': ttlAttribute(table.clock.now()) },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  await call('PutItem', table.dynamoDb.send(command));
}

/** Takes an unsettled entry over, unless another invocation holds it or was quicker. The stored plan stays: it was there before the act. */
async function takeOver(table: Table, plan: Plan, { owner, until }: PlanClaim): Promise<Reservation> {
  const command = new UpdateItemCommand({
    TableName: table.name,
    Key: planKeyOf(plan),
    UpdateExpression: 'SET #owner = :owner, #until = :until',
    ConditionExpression: 'attribute_exists(#unsettled) AND (#owner = :owner OR #until <= :now)',
    ExpressionAttributeNames: {
      '#unsettled': LEDGER_TABLE.unsettled.partitionKey,
      '#owner': ATTRIBUTES.owner,
      '#until': LEDGER_TABLE.due.sortKey,
    },
    ExpressionAttributeValues: {
      ':owner': { S: owner },
      ':until': numberAttribute(until),
      ':now': numberAttribute(table.clock.now()),
    },
  });
  return (await unlessConditionFailed('UpdateItem', table.dynamoDb.send(command))) ? 'resume' : 'busy';
}

async function reserveExisting(table: Table, item: Item, plan: Plan, claim: PlanClaim): Promise<Reservation> {
  const status = item[ATTRIBUTES.status]?.S;
  if (status === undefined) return await takeOver(table, plan, claim);
  if (status === 'held' && countsAgainstBudget(plan)) return 'held';
  return status === 'failed' || status === 'held' ? await reserveAgain(table, item, plan, claim) : 'settled';
}

/**
 * Reserves a plan: one conditional write where the case is new. An entry that vanished between the write and the look at it
 * was being deleted by its TTL, and counts as busy: the retry finds the place free. Throws CallFailed, InputInvalid.
 */
export async function reserve(table: Table, plan: Plan, claim: PlanClaim): Promise<Reservation> {
  try {
    await insert(table, plan, claim);
    return 'go';
  } catch (error) {
    if (!isConditionFailed(error)) throw error;
    const item = await existingItem(table, planKeyOf(plan), error);
    return item === undefined ? 'busy' : await reserveExisting(table, item, plan, claim);
  }
}

/** The time that the case was recorded with first: people know it by an id that is made of it. */
function firstPlannedAt(item: Item, { id }: Plan): number {
  const publicId = item[LEDGER_TABLE.history.sortKey]?.S;
  if (publicId === undefined) throw new InputInvalid(`ledger: the entry of plan ${id} has no public id`);
  return plannedAt(publicId);
}

/** `SET #a = :a, …`, with the names and values that it speaks of. */
function setClause(attributes: Item) {
  return {
    clause: `SET ${Object.keys(attributes)
      .map((name) => `#${name} = :${name}`)
      .join(', ')}`,
    names: Object.fromEntries(Object.keys(attributes).map((name) => [`#${name}`, name])),
    values: Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`:${name}`, value])),
  };
}

/**
 * Writes a plan over an entry that failed or was held, which keeps its id and its notes. What a person said stays only with a plan
 * that goes on because of it: held once more, it must wait for an answer of its own. Another who was quicker has it. Throws CallFailed,
 * InputInvalid.
 */
async function reserveAgain(table: Table, item: Item, plan: Plan, claim: PlanClaim): Promise<Reservation> {
  const { clause, names, values } = setClause({
    ...claimAttributes(plan, claim),
    [ATTRIBUTES.plan]: packPlan({ ...plan, at: firstPlannedAt(item, plan) }),
  });
  const over = [ATTRIBUTES.outcome, ATTRIBUTES.status, LEDGER_TABLE.ttl];
  const removed = plan.approved === undefined ? [...over, ATTRIBUTES.answer] : over;
  const command = new UpdateItemCommand({
    TableName: table.name,
    Key: planKey(plan.decision.group.id, plan.id),
    UpdateExpression: `${clause} REMOVE ${removed.map((name) => `#${name}`).join(', ')}`,
    ConditionExpression: '#status = :before',
    ExpressionAttributeNames: { ...names, ...Object.fromEntries(removed.map((name) => [`#${name}`, name])) },
    ExpressionAttributeValues: { ...values, ':before': item[ATTRIBUTES.status] ?? { NULL: true } },
  });
  return (await unlessConditionFailed('UpdateItem', table.dynamoDb.send(command))) ? 'again' : 'busy';
}

/** What waits for a person is found as such, and kept until it is answered; everything else is no longer due, and has an end. */
function settledClause(outcome: Outcome) {
  const until = outcomeKeptUntil(outcome);
  return until === undefined
    ? {
        clause: ', #as = :status, #due = :since REMOVE #unsettled',
        names: {},
        values: { ':since': numberAttribute(outcome.plan.at) },
      }
    : {
        clause: ', #ttl = :ttl REMOVE #unsettled, #as, #due',
        names: { '#ttl': LEDGER_TABLE.ttl },
        values: { ':ttl': ttlAttribute(until) },
      };
}

function settleCommand(table: Table, outcome: Outcome): UpdateItemCommand {
  const { clause, names, values } = settledClause(outcome);
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
}

/**
 * Closes a plan's entry. The first to settle is right: a later one (a lost answer sent again, a slow invocation whose plan was
 * taken over) changes nothing. Throws CallFailed, and InputInvalid for a plan that was never reserved.
 */
export async function settle(table: Table, outcome: Outcome): Promise<void> {
  try {
    await call('UpdateItem', table.dynamoDb.send(settleCommand(table, outcome)));
  } catch (error) {
    if (!isConditionFailed(error)) throw error;
    const { id, decision } = outcome.plan;
    if (await existingItem(table, planKey(decision.group.id, id), error)) return;
    throw new InputInvalid(`ledger: plan ${id} was never reserved: reserve it before acting`, { cause: error });
  }
}
