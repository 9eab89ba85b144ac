import { type AttributeValue, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Entry } from '../model/ports.ts';
import { call } from './call.ts';
import { ATTRIBUTES, type Item, type Table } from './ledger-item.ts';
import { LEDGER_TABLE } from './ledger-table.ts';
import { unpackOutcome, unpackPlan } from './ledger-text.ts';

const toEntry = (item: Item): Entry => {
  const plan = unpackPlan(item[ATTRIBUTES.plan]);
  const outcome = item[ATTRIBUTES.outcome];
  const owner = item[ATTRIBUTES.owner]?.S ?? '';
  return outcome ? { plan, owner, outcome: unpackOutcome(plan, outcome) } : { plan, owner };
};

async function readItems(table: Table, groupId: string): Promise<readonly Item[]> {
  const items: Item[] = [];
  let from: Record<string, AttributeValue> | undefined;
  do {
    const command = new QueryCommand({
      TableName: table.name,
      ConsistentRead: true,
      KeyConditionExpression: '#group = :group',
      ExpressionAttributeNames: { '#group': LEDGER_TABLE.partitionKey },
      ExpressionAttributeValues: { ':group': { S: groupId } },
      ...(from && { ExclusiveStartKey: from }),
    });
    const answer = await call('Query', table.dynamoDb.send(command));
    items.push(...(answer.Items ?? []));
    from = answer.LastEvaluatedKey;
  } while (from);
  return items;
}

/** Entries of a group, newest plan first. DynamoDB deletes expired items days late, so they are left out here. Throws CallFailed, InputInvalid. */
export async function entries(table: Table, groupId: string): Promise<readonly Entry[]> {
  const now = table.clock.now() / 1000;
  const items = await readItems(table, groupId);
  const alive = items.filter((item) => Number(item[LEDGER_TABLE.ttl]?.N ?? Number.POSITIVE_INFINITY) > now);
  return alive.map(toEntry).toSorted((a, b) => b.plan.at - a.plan.at);
}
