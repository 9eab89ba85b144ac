import type { Exemptions } from '../../../../domain/ledger.ts';
import type { Table } from '../ledger/item.ts';
import { all } from './all.ts';
import { find } from './find.ts';
import { live } from './live.ts';
import { put } from './put.ts';

/** Exemptions in the ledger's table. */
export const exemptionsIn = (table: Table): Exemptions => ({
  live: async (groupIds) => await live(table, groupIds),
  all: async () => await all(table),
  find: async (id) => await find(table, id),
  put: async (exemption) => await put(table, exemption),
});
