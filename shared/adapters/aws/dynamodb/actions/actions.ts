import type { Presses } from '../../../../domain/requests/press.ts';
import type { Table } from '../ledger/item.ts';
import { claim } from './claim.ts';
import { ended } from './ended.ts';
import { find } from './find.ts';
import { record } from './record.ts';

/** Presses of buttons in the ledger's table. */
export const pressesIn = (table: Table): Presses => ({
  record: record(table),
  find: find(table),
  claim: claim(table),
  ended: ended(table),
});
