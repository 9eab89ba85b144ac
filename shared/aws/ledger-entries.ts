import { type AttributeValue, QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import type { Entry } from '../model/ledger.ts';
import { call } from './call.ts';
import { ATTRIBUTES, type Item, type Table } from './ledger-item.ts';
import { LEDGER_TABLE } from './ledger-table.ts';
import { unpackOutcome, unpackPlan } from './ledger-text.ts';

const toEntry = (item: Item): Entry => {
  const plan = unpackPlan(item[ATTRIBUTES.plan]);
  const outcome = item[ATTRIBUTES.outcome];
  const owner = item[ATTRIBUTES.owner]?.S ?? '';
  const heldUntil = Number(item[ATTRIBUTES.lease]?.N ?? 0);
  return { plan, owner, heldUntil, ...(outcome && { outcome: unpackOutcome(plan, outcome) }) };
};

async function readItems(table: Table, query: Omit<QueryCommandInput, 'TableName'>): Promise<readonly Item[]> {
  const items: Item[] = [];
  let from: Record<string, AttributeValue> | undefined;
  do {
    const page = { TableName: table.name, ...query, ...(from && { ExclusiveStartKey: from }) };
    const answer = await call('Query', table.dynamoDb.send(new QueryCommand(page)));
    items.push(...(answer.Items ?? []));
    from = answer.LastEvaluatedKey;
  } while (from);
  return items;
}

const ofGroup = (key: string, groupId: string) => ({
  KeyConditionExpression: '#group = :group',
  ExpressionAttributeNames: { '#group': key },
  ExpressionAttributeValues: { ':group': { S: groupId } },
});

/** Entries of a group, newest plan first. DynamoDB deletes expired items days late, so they are left out here. Throws CallFailed, InputInvalid. */
export async function entries(table: Table, groupId: string): Promise<readonly Entry[]> {
  const now = table.clock.now() / 1000;
  const items = await readItems(table, { ConsistentRead: true, ...ofGroup(LEDGER_TABLE.partitionKey, groupId) });
  const alive = items.filter((item) => Number(item[LEDGER_TABLE.ttl]?.N ?? Number.POSITIVE_INFINITY) > now);
  return alive.map(toEntry).toSorted((a, b) => b.plan.at - a.plan.at);
}

/**
 * Entries of a group that are reserved and not settled. The index follows the table within a second or so, where Lambda's own retry
 * comes a minute later. Throws CallFailed, InputInvalid.
 */
export async function unsettled(table: Table, groupId: string): Promise<readonly Entry[]> {
  const { index, partitionKey } = LEDGER_TABLE.unsettled;
  return (await readItems(table, { IndexName: index, ...ofGroup(partitionKey, groupId) })).map(toEntry);
}
