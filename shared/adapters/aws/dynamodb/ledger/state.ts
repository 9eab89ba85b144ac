import type { LedgerState } from '../../../../domain/ledger.ts';
import { activeExemptions } from '../exemptions.ts';
import { groupRecords } from '../group-records.ts';
import { ACCOUNT } from '../keys.ts';
import { currentItems, queryAll, type Table } from '../table.ts';
import { openEntries } from './items.ts';

/**
 * The present state of some groups: one query for each group, and one for the exemptions of every group. Has
 * every write before. Throws CallFailed, InputInvalid.
 */
export async function readState(table: Table, groupIds: readonly string[]): Promise<LedgerState> {
  const subjects = [ACCOUNT, ...new Set(groupIds)];
  const read = await Promise.all(subjects.map(async (subject) => await queryAll(table, currentItems(subject))));
  const items = read.flat();
  return {
    entries: openEntries(items),
    exemptions: activeExemptions(items, table.clock.now()),
    records: groupRecords(items, table),
  };
}
