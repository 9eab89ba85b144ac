import type { GroupRecord } from '../../../../domain/group-record.ts';
import type { BudgetTable } from '../budget/item.ts';
import { dueBy, itemsOf } from '../ledger/query.ts';
import { LEDGER_TABLE } from '../ledger/table.ts';
import { RECHECK } from './item.ts';
import { recordsOf } from './read.ts';

/** Records of the groups that are due to be looked at again, as they are now: the index may lag. Throws CallFailed. */
export async function dueRecords(table: BudgetTable): Promise<readonly GroupRecord[]> {
  const now = table.clock.now();
  const pointers = await itemsOf(table, dueBy(RECHECK, now));
  const ids = pointers.flatMap((item) => item[LEDGER_TABLE.partitionKey]?.S ?? []);
  const records = await recordsOf(table, ids);
  return [...records.values()].filter(({ recheck }) => recheck !== undefined && recheck.at <= now);
}
