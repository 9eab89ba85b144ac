import type { Entry } from '../../../../domain/ledger.ts';
import { ANSWERED, UNSETTLED } from './claim.ts';
import { pointedAt } from './entries.ts';
import type { Table } from './item.ts';
import type { Waiting } from './keep.ts';
import { dueBy, inIndex, itemsOf } from './query.ts';
import { LEDGER_TABLE } from './table.ts';

const { due } = LEDGER_TABLE;

/** Entries that wait for a person's answer, the oldest first. Throws CallFailed, InputInvalid. */
export async function waiting(table: Table, status: Waiting): Promise<readonly Entry[]> {
  const found = await pointedAt(table, await itemsOf(table, inIndex(due, status)));
  return found
    .filter(({ outcome, answer }) => outcome?.status === status && answer === undefined)
    .toSorted((a, b) => a.plan.at - b.plan.at);
}

/** Entries whose answer has yet to have its effect, the oldest first. Throws CallFailed, InputInvalid. */
export async function answered(table: Table): Promise<readonly Entry[]> {
  const found = await pointedAt(table, await itemsOf(table, inIndex(due, ANSWERED)));
  return found
    .filter(({ outcome, answer }) => outcome !== undefined && answer !== undefined)
    .toSorted((a, b) => a.plan.at - b.plan.at);
}

/** Unsettled entries whose owner had its time, the longest due first. Throws CallFailed, InputInvalid. */
export async function abandoned(table: Table): Promise<readonly Entry[]> {
  const now = table.clock.now();
  const pointers = await itemsOf(table, dueBy(UNSETTLED, now));
  return (await pointedAt(table, pointers)).filter(
    ({ outcome, heldUntil }) => outcome === undefined && heldUntil <= now,
  );
}
