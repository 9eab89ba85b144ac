import type { Episodes } from '../../../../domain/ledger.ts';
import type { Table } from '../ledger/item.ts';
import { of } from './of.ts';
import { record } from './record.ts';

/** Episodes in the ledger's table, among the other items of their group. */
export const episodesIn = (table: Table): Episodes => ({
  record: async (episodes) => await record(table, episodes),
  of: async (groupId) => await of(table, groupId),
});
