import type { LedgerState } from '../../../../domain/ledger.ts';
import { recentEpisodes } from '../episodes.ts';
import { activeExemptions } from '../exemptions.ts';
import { groupRecords } from '../group-records.ts';
import { ACCOUNT } from '../keys.ts';
import { currentItems, queryAll, type Table } from '../table.ts';
import { openEntries } from './items.ts';

/**
 * The present state of some groups: one query for each group, and one for the exemptions of every group. Has every write before.
 * Throws CallFailed, InputInvalid.
 */
export async function readState(table: Table, groupIds: readonly string[]): Promise<LedgerState> {
  const now = table.clock.now();
  const ids = [...new Set(groupIds)];
  const [account = [], ...groups] = await Promise.all(
    [ACCOUNT, ...ids].map(async (subject) => await queryAll(table, currentItems(subject))),
  );
  const all = groups.flat();
  return {
    entries: openEntries(all),
    exemptions: activeExemptions([...account, ...all], now),
    records: groupRecords(all, table),
    episodes: new Map(ids.map((id, index) => [id, recentEpisodes(groups[index] ?? [], now)])),
  };
}
