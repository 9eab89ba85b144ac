import type { Plan } from '../../../../domain/decision.ts';
import { ATTRIBUTES, type Item, numeric } from './item.ts';
import { LEDGER_TABLE } from './table.ts';

/** Who has an unsettled entry, and until when it is left to them (milliseconds since the epoch). */
export interface Claim {
  readonly owner: string;
  readonly until: number;
}

/** What unsettled entries are in the index of what is due. */
export const UNSETTLED = 'unsettled';

/** What entries are there whose answer has yet to have its effect. */
export const ANSWERED = 'answered';

/** Attributes that make an entry an unsettled one, in the indexes too. */
export const claimed = ({ decision }: Plan, { owner, until }: Claim): Item => ({
  [LEDGER_TABLE.unsettled.partitionKey]: { S: decision.group.id },
  [LEDGER_TABLE.due.partitionKey]: { S: UNSETTLED },
  [LEDGER_TABLE.due.sortKey]: numeric(until),
  [ATTRIBUTES.owner]: { S: owner },
});
