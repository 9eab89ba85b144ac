import type { Episodes } from '../model/ledger.ts';
import { of } from './episodes-of.ts';
import { record } from './episodes-record.ts';
import type { Table } from './ledger-item.ts';

/** Episodes in the ledger's table, among the other items of their group. */
export const episodesIn = (table: Table): Episodes => ({
  record: async (episodes) => await record(table, episodes),
  of: async (groupId) => await of(table, groupId),
});
