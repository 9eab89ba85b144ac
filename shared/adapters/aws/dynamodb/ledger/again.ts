import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Plan } from '../../../../domain/decision.ts';
import { InputInvalid } from '../../../../domain/errors.ts';
import type { Reservation } from '../../../../domain/ledger.ts';
import { plannedAt } from '../../../../domain/remediation-id.ts';
import { type Claim, claimed } from './claim.ts';
import { ATTRIBUTES, type Item, type Table, unlessRefused } from './item.ts';
import { planKey } from './keys.ts';
import { LEDGER_TABLE } from './table.ts';
import { packPlan } from './text.ts';

/** The time that the case was recorded with first: people know it by an id that is made of it. */
const firstAt = (item: Item, { id }: Plan): number => {
  const publicId = item[LEDGER_TABLE.history.sortKey]?.S;
  if (publicId === undefined) throw new InputInvalid(`ledger: the entry of plan ${id} has no public id`);
  return plannedAt(publicId);
};

/** `SET #a = :a, …`, with the names and values that it speaks of. */
const setting = (attributes: Item) => ({
  clause: `SET ${Object.keys(attributes)
    .map((name) => `#${name} = :${name}`)
    .join(', ')}`,
  names: Object.fromEntries(Object.keys(attributes).map((name) => [`#${name}`, name])),
  values: Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`:${name}`, value])),
});

/**
 * Writes a plan over an entry that failed or was held, which keeps its id and its notes. What a person said stays only with a plan
 * that goes on because of it: held once more, it must wait for an answer of its own. Another who was quicker has it. Throws CallFailed,
 * InputInvalid.
 */
export async function beginAgain(table: Table, item: Item, plan: Plan, claim: Claim): Promise<Reservation> {
  const { clause, names, values } = setting({
    ...claimed(plan, claim),
    [ATTRIBUTES.plan]: packPlan({ ...plan, at: firstAt(item, plan) }),
  });
  const over = [ATTRIBUTES.outcome, ATTRIBUTES.status, LEDGER_TABLE.ttl];
  const removed = plan.released === undefined ? [...over, ATTRIBUTES.answer] : over;
  const command = new UpdateItemCommand({
    TableName: table.name,
    Key: planKey(plan.decision.group.id, plan.id),
    UpdateExpression: `${clause} REMOVE ${removed.map((name) => `#${name}`).join(', ')}`,
    ConditionExpression: '#status = :before',
    ExpressionAttributeNames: { ...names, ...Object.fromEntries(removed.map((name) => [`#${name}`, name])) },
    ExpressionAttributeValues: { ...values, ':before': item[ATTRIBUTES.status] ?? { NULL: true } },
  });
  return (await unlessRefused('UpdateItem', table.dynamoDb.send(command))) ? 'again' : 'busy';
}
