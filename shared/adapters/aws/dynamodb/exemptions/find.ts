import type { Exemption } from '../../../../domain/exemption.ts';
import { fitsSortKey } from '../key-size.ts';
import { getItem, isAlive, type Table } from '../ledger/item.ts';
import { EXEMPTIONS_CHAPTER, itemKey } from '../ledger/keys.ts';
import { inIndex, itemsOf } from '../ledger/query.ts';
import { LEDGER_TABLE } from '../ledger/table.ts';
import { exemptionOf } from './item.ts';

const { history, partitionKey, sortKey } = LEDGER_TABLE;

/** One exemption as it is now. The index that leads to it has a new one within a second or so. Throws CallFailed, InputInvalid. */
export const find = async (table: Table, id: string): Promise<Exemption | undefined> => {
  if (!fitsSortKey(id)) return undefined;
  const chapter = inIndex(history, EXEMPTIONS_CHAPTER);
  const [pointer] = await itemsOf(table, {
    ...chapter,
    KeyConditionExpression: `${chapter.KeyConditionExpression} AND #id = :id`,
    ExpressionAttributeNames: { ...chapter.ExpressionAttributeNames, '#id': history.sortKey },
    ExpressionAttributeValues: { ...chapter.ExpressionAttributeValues, ':id': { S: id } },
  });
  if (pointer === undefined) return undefined;
  const item = await getItem(table, itemKey(pointer[partitionKey]?.S ?? '', pointer[sortKey]?.S ?? ''));
  return item !== undefined && isAlive(item, table) ? exemptionOf(item) : undefined;
};
