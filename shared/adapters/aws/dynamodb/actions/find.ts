import type { Presses } from '../../../../domain/requests/press.ts';
import { fitsSortKey } from '../key-size.ts';
import { getItem, isAlive, type Table } from '../ledger/item.ts';
import { RECORDS } from '../ledger/keys.ts';
import { PRESS, pressKey, pressRecordOf } from './item.ts';

/** A press on the record. A claim has no press of its own and is none. Throws CallFailed. */
export const find =
  (table: Table): Presses['find'] =>
  async (id) => {
    if (!fitsSortKey(RECORDS.press + id)) return undefined;
    const item = await getItem(table, pressKey(id));
    if (item === undefined || item[PRESS.holder] !== undefined || !isAlive(item, table)) return undefined;
    return pressRecordOf(item);
  };
