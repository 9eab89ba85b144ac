import type { Presses } from '../model/press.ts';
import type { Table } from './ledger-item.ts';
import { claim } from './presses-claim.ts';
import { ended } from './presses-ended.ts';
import { find } from './presses-find.ts';
import { record } from './presses-record.ts';

/** Presses of buttons in the ledger's table. */
export const pressesIn = (table: Table): Presses => ({
  record: record(table),
  find: find(table),
  claim: claim(table),
  ended: ended(table),
});
