import type { Entry } from '../../../../domain/ledger.ts';
import { toEntries } from './entry.ts';
import { type Item, isAlive, type Table } from './item.ts';
import { notesPrefix, planIdOf, RECORDS } from './keys.ts';
import { inIndex, itemsOf, lastUnder, recordsBetween, recordsUnder } from './query.ts';
import { LEDGER_TABLE } from './table.ts';

const newestFirst = (a: Entry, b: Entry): number => b.plan.at - a.plan.at;

const aliveIn = (table: Table, items: readonly Item[]): readonly Entry[] =>
  toEntries(items.filter((item) => isAlive(item, table)));

/** A plan's entry with its notes, consistent with every write before. Throws CallFailed, InputInvalid. */
export async function find(table: Table, groupId: string, planId: string): Promise<Entry | undefined> {
  const last = lastUnder(notesPrefix(planId));
  const items = await itemsOf(table, recordsBetween(groupId, RECORDS.plan + planId, last));
  return aliveIn(table, items)[0];
}

/** Entries of a group, newest plan first. Throws CallFailed, InputInvalid. */
export async function entries(table: Table, groupId: string): Promise<readonly Entry[]> {
  const items = await itemsOf(table, recordsUnder(groupId, RECORDS.plan));
  return aliveIn(table, items).toSorted(newestFirst);
}

/** How many entries are read side by side. */
const AT_ONCE = 20;

/** The entries that items of an index point to, in their order, as they are now: an index may lag. Throws CallFailed, InputInvalid. */
export async function pointedAt(table: Table, pointers: readonly Item[]): Promise<readonly Entry[]> {
  const found: (Entry | undefined)[] = [];
  for (let from = 0; from < pointers.length; from += AT_ONCE) {
    const reads = pointers.slice(from, from + AT_ONCE).map(async (item) => {
      const { [LEDGER_TABLE.partitionKey]: subject, [LEDGER_TABLE.sortKey]: record } = item;
      return await find(table, subject?.S ?? '', planIdOf(record?.S ?? ''));
    });
    found.push(...(await Promise.all(reads)));
  }
  return found.filter((entry) => entry !== undefined);
}

/**
 * Entries of a group that are reserved and not settled, newest plan first. The index may miss what was reserved within the last
 * second or so; Lambda's own retry comes a minute later. Throws CallFailed, InputInvalid.
 */
export async function unsettled(table: Table, groupId: string): Promise<readonly Entry[]> {
  const pointers = await itemsOf(table, inIndex(LEDGER_TABLE.unsettled, groupId));
  const open = (await pointedAt(table, pointers)).filter(({ outcome }) => outcome === undefined);
  return open.toSorted(newestFirst);
}
