import type { Exemption } from '../../../../domain/exemption.ts';
import type { Item } from '../ledger/item.ts';
import { packedText } from '../ledger/pack.ts';
import { LEDGER_TABLE } from '../ledger/table.ts';

const [whole] = LEDGER_TABLE.history.carries;

/** Attributes of an exemption's item: all of it, and what is asked about. */
export const EXEMPTION = { whole, at: 'at', until: 'until', ended: 'ended' } as const;

/** The exemption that an item holds. Throws InputInvalid. */
export const exemptionOf = (item: Item): Exemption => {
  const exemption: Exemption = JSON.parse(packedText(EXEMPTION.whole, item[EXEMPTION.whole]));
  return exemption;
};
