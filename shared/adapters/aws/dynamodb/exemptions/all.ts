import type { Exemption } from '../../../../domain/exemption.ts';
import type { Table } from '../ledger/item.ts';
import { exemptionKeptUntil } from '../ledger/keep.ts';
import { EXEMPTIONS_CHAPTER } from '../ledger/keys.ts';
import { inIndex, itemsOf } from '../ledger/query.ts';
import { LEDGER_TABLE } from '../ledger/table.ts';
import { exemptionOf } from './item.ts';

/** Every exemption that has not been over for 400 days, newest first; the index follows within a second or so. Throws CallFailed, InputInvalid. */
export const all = async (table: Table): Promise<readonly Exemption[]> => {
  const items = await itemsOf(table, inIndex(LEDGER_TABLE.history, EXEMPTIONS_CHAPTER));
  const now = table.clock.now();
  return items
    .map(exemptionOf)
    .filter((one) => exemptionKeptUntil(one) > now)
    .toSorted((a, b) => b.at - a.at);
};
