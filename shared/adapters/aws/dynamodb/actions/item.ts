import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type Press, type PressRecord, pressId } from '../../../../domain/requests/press.ts';
import type { Item } from '../ledger/item.ts';
import { itemKey, PRESSES, RECORDS } from '../ledger/keys.ts';
import { packedText } from '../ledger/pack.ts';

/** Attributes of a press's item, and of the claim on its action and remediation. */
export const PRESS = { press: 'press', result: 'result', holder: 'holder', heldUntil: 'heldUntil' } as const;

/** How long presses are on the record, ms: 400 days, as long as what they brought about. */
export const PRESSES_KEPT_MS = 400 * 86_400_000;

/** Where a press is. Presses are few, so they share a partition. */
export const pressKey = (id: string): Record<string, AttributeValue> => itemKey(PRESSES, RECORDS.press + id);

/** Where the press is named that is carried out for an action and a remediation. */
export const claimKey = ({ remediationId, action }: Press): Record<string, AttributeValue> =>
  itemKey(PRESSES, `${RECORDS.press}${remediationId} ${action}`);

/** The press that an item holds, as it was stored, and what became of it. Throws InputInvalid. */
export const pressRecordOf = (item: Item): PressRecord => {
  const press: Press = JSON.parse(packedText(PRESS.press, item[PRESS.press]));
  const result = item[PRESS.result]?.S;
  return { press, ...(result !== undefined && { result }) };
};

/** Who holds a claim. */
export const holderOf = (press: Press): AttributeValue => ({ S: pressId(press) });
