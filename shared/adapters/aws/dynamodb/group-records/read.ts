import { type AttributeValue, BatchGetItemCommand, type BatchGetItemCommandOutput } from '@aws-sdk/client-dynamodb';
import { CallFailed } from '../../../../domain/errors.ts';
import type { GroupRecord } from '../../../../domain/group-record.ts';
import { call } from '../../call.ts';
import { chunks } from '../../paging.ts';
import type { BudgetTable } from '../budget/item.ts';
import { type Item, isAlive } from '../ledger/item.ts';
import { recordKey, recordOf } from './item.ts';

/** Keys of one request. @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const AT_ONCE = 100;

/** Pauses before keys that DynamoDB left out of its answer are asked for again, ms. */
const PAUSES = [50, 200, 800, 2000] as const;

type Keys = readonly Record<string, AttributeValue>[];

const leftOut = ({ UnprocessedKeys }: BatchGetItemCommandOutput, { name }: BudgetTable): Keys =>
  UnprocessedKeys?.[name]?.Keys ?? [];

/** DynamoDB answers at most 16 MB, and less where it is throttled: what it leaves out is asked for again. Throws CallFailed. */
const itemsAt = async (table: BudgetTable, all: Keys): Promise<readonly Item[]> => {
  const items: Item[] = [];
  let keys = all;
  for (let round = 0; keys.length > 0; round += 1) {
    const pause = PAUSES[round - 1];
    if (round > 0 && pause === undefined)
      throw new CallFailed(
        'BatchGetItem',
        'UnprocessedKeys',
        true,
        `${keys.length} of ${all.length} keys were left out`,
      );
    if (pause !== undefined) await table.clock.sleep(pause);
    const command = new BatchGetItemCommand({
      RequestItems: { [table.name]: { Keys: [...keys], ConsistentRead: true } },
    });
    const answer = await call('BatchGetItem', table.dynamoDb.send(command));
    items.push(...(answer.Responses?.[table.name] ?? []));
    keys = leftOut(answer, table);
  }
  return items;
};

/** The records of some groups, by group. Throws CallFailed. */
export async function recordsOf(
  table: BudgetTable,
  groupIds: readonly string[],
): Promise<ReadonlyMap<string, GroupRecord>> {
  const parts = chunks([...new Set(groupIds)], AT_ONCE);
  const found = await Promise.all(parts.map((ids) => itemsAt(table, ids.map(recordKey))));
  const records = found
    .flat()
    .filter((item) => isAlive(item, table))
    .map(recordOf);
  return new Map(records.map((record) => [record.groupId, record]));
}
