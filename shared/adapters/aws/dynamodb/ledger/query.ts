import { type AttributeValue, QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { call } from '../../call.ts';
import { type Item, numeric, type Table } from './item.ts';
import { LEDGER_TABLE } from './table.ts';

type Query = Omit<QueryCommandInput, 'TableName' | 'ExclusiveStartKey'>;

/** What a query finds, page by page. Throws CallFailed. */
export async function* pagesOf(table: Table, query: Query): AsyncGenerator<readonly Item[]> {
  let from: Record<string, AttributeValue> | undefined;
  do {
    const page = { TableName: table.name, ...query, ...(from && { ExclusiveStartKey: from }) };
    const answer = await call('Query', table.dynamoDb.send(new QueryCommand(page)));
    yield answer.Items ?? [];
    from = answer.LastEvaluatedKey;
  } while (from);
}

/** All that a query finds. Throws CallFailed. */
export async function itemsOf(table: Table, query: Query): Promise<readonly Item[]> {
  const items: Item[] = [];
  for await (const page of pagesOf(table, query)) items.push(...page);
  return items;
}

/** Items of a subject whose sort keys lie between two texts, both included; consistent with every write before. */
export const recordsBetween = (subject: string, first: string, last: string) =>
  ({
    ConsistentRead: true,
    KeyConditionExpression: '#subject = :subject AND #record BETWEEN :first AND :last',
    ExpressionAttributeNames: { '#subject': LEDGER_TABLE.partitionKey, '#record': LEDGER_TABLE.sortKey },
    ExpressionAttributeValues: { ':subject': { S: subject }, ':first': { S: first }, ':last': { S: last } },
  }) satisfies Query;

/** Sorts after every sort key that begins with `prefix`. */
export const lastUnder = (prefix: string): string => `${prefix}\uFFFD`;

/** Items of a subject whose sort keys begin with `prefix`; consistent with every write before. */
export const recordsUnder = (subject: string, prefix: string) => recordsBetween(subject, prefix, lastUnder(prefix));

/** Items of an index by its partition. An index follows the table within a second or so. */
export const inIndex = ({ index, partitionKey }: { index: string; partitionKey: string }, value: string) =>
  ({
    IndexName: index,
    KeyConditionExpression: '#partition = :partition',
    ExpressionAttributeNames: { '#partition': partitionKey },
    ExpressionAttributeValues: { ':partition': { S: value } },
  }) satisfies Query;

/** What has been due since `now` or before (milliseconds since the epoch), of those that are in that index under `as`. */
export const dueBy = (as: string, now: number) => {
  const all = inIndex(LEDGER_TABLE.due, as);
  return {
    ...all,
    KeyConditionExpression: `${all.KeyConditionExpression} AND #due <= :now`,
    ExpressionAttributeNames: { ...all.ExpressionAttributeNames, '#due': LEDGER_TABLE.due.sortKey },
    ExpressionAttributeValues: { ...all.ExpressionAttributeValues, ':now': numeric(now) },
  } satisfies Query;
};
