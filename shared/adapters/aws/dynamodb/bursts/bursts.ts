import type { Storms } from '../../../../domain/notifications/storm.ts';
import type { Table } from '../ledger/item.ts';
import { admit } from './admit.ts';
import { over } from './over.ts';
import { forget } from './told.ts';

/** Storms in the ledger's table: each minute is a partition of its own, with an item for the minute and one for each gist. */
export const stormsIn = (table: Table): Storms => ({
  admit: admit(table),
  over: async () => await over(table),
  told: async (storm) => await forget(table, storm),
});
