import type { Exemptions } from '../model/ledger.ts';
import { all } from './exemptions-all.ts';
import { find } from './exemptions-find.ts';
import { live } from './exemptions-live.ts';
import { put } from './exemptions-put.ts';
import type { Table } from './ledger-item.ts';

/** Exemptions in the ledger's table. */
export const exemptionsIn = (table: Table): Exemptions => ({
  live: async (groupIds) => await live(table, groupIds),
  all: async () => await all(table),
  find: async (id) => await find(table, id),
  put: async (exemption) => await put(table, exemption),
});
