import type { Clock } from '../../../../domain/ports.ts';
import type { Item, Table } from '../ledger/item.ts';
import { ACCOUNT, itemKey, RECORDS } from '../ledger/keys.ts';
import { packedText } from '../ledger/pack.ts';

/** The time that the budget looks back, ms: 60 minutes. */
const WINDOW_MS = 3_600_000;

/** Attributes of the budget's item. */
export const BUDGET = { taken: 'taken', spentBy: 'spentBy', version: 'version', resumed: 'resumed' } as const;

/** The ledger's table, and a clock that can wait. */
export type BudgetTable = Table & { readonly clock: Pick<Clock, 'now' | 'sleep'> };

/** Where the budget is: one item for the account, so that one condition guards every take. */
export const BUDGET_KEY = itemKey(ACCOUNT, RECORDS.budget);

/** What one plan took, at which time (milliseconds since the epoch). */
export interface Take {
  readonly planId: string;
  readonly removals: number;
  readonly at: number;
}

/** The budget's state. `version` is new with every write; absent before the first. */
export interface Account {
  readonly taken: readonly Take[];
  readonly spentBy?: string;
  readonly version?: string;
}

/** The state as an item has it, without what was taken more than 60 minutes before `now`. Throws InputInvalid. */
export const accountOf = (item: Item | undefined, now: number): Account => {
  if (item === undefined) return { taken: [] };
  const taken: readonly Take[] = JSON.parse(packedText(BUDGET.taken, item[BUDGET.taken]));
  const { [BUDGET.spentBy]: spentBy, [BUDGET.version]: version } = item;
  return {
    taken: taken.filter(({ at }) => at > now - WINDOW_MS),
    ...(spentBy?.S !== undefined && { spentBy: spentBy.S }),
    ...(version?.S !== undefined && { version: version.S }),
  };
};
