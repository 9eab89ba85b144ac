import type { GroupRecords } from '../../../../domain/group-record.ts';
import type { BudgetTable } from '../budget/item.ts';
import { dueRecords } from './due.ts';
import { recordsOf } from './read.ts';
import { begin, change, lookAgain, lookedAt } from './write.ts';

/** Group records in the ledger's table, one item each, among the other items of their group. */
export const groupRecordsIn = (table: BudgetTable): GroupRecords => ({
  of: async (groupIds) => await recordsOf(table, groupIds),
  begin: async (first) => await begin(table, first),
  change: async (groupId, parts) => await change(table, groupId, parts),
  lookAgain: async (groupId, recheck) => await lookAgain(table, groupId, recheck),
  due: async () => await dueRecords(table),
  lookedAt: async (groupId, recheck) => await lookedAt(table, groupId, recheck),
});
