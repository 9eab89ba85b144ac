import { plannedAt, REMEDIATION_ID } from '../../../../domain/decision.ts';
import type { LedgerEntry } from '../../../../domain/ledger.ts';
import { historyPartition, LEDGER_TABLE, notesPrefix, planIdOf, SORT_KEYS } from '../keys.ts';
import {
  dueBy,
  endOfPrefix,
  type Item,
  inIndex,
  isAlive,
  itemsBetween,
  itemsUnder,
  queryAll,
  queryPages,
  type Table,
} from '../table.ts';
import { ANSWERED, toEntries, UNSETTLED, type WaitingStatus } from './items.ts';

function newestFirst(a: LedgerEntry, b: LedgerEntry): number {
  return b.plan.at - a.plan.at;
}

function aliveEntries(table: Table, items: readonly Item[]): readonly LedgerEntry[] {
  return toEntries(items.filter((item) => isAlive(item, table)));
}

/** A plan's entry with its notes, consistent with every write before. Throws CallFailed, InputInvalid. */
export async function find(table: Table, groupId: string, planId: string): Promise<LedgerEntry | undefined> {
  const last = endOfPrefix(notesPrefix(planId));
  const items = await queryAll(table, itemsBetween(groupId, SORT_KEYS.plan + planId, last));
  return aliveEntries(table, items)[0];
}

/** Entries of a group, newest plan first. Throws CallFailed, InputInvalid. */
export async function entries(table: Table, groupId: string): Promise<readonly LedgerEntry[]> {
  const items = await queryAll(table, itemsUnder(groupId, SORT_KEYS.plan));
  return aliveEntries(table, items).toSorted(newestFirst);
}

/** How many entries are read side by side. */
const PARALLEL_READS = 20;

/** The entries that items of an index point to, in their order, as they are now: an index may lag. Throws CallFailed, InputInvalid. */
async function entriesAt(table: Table, pointers: readonly Item[]): Promise<readonly LedgerEntry[]> {
  const found: (LedgerEntry | undefined)[] = [];
  for (let from = 0; from < pointers.length; from += PARALLEL_READS) {
    const reads = pointers.slice(from, from + PARALLEL_READS).map(async (item) => {
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
export async function unsettled(table: Table, groupId: string): Promise<readonly LedgerEntry[]> {
  const pointers = await queryAll(table, inIndex(LEDGER_TABLE.unsettled, groupId));
  const open = (await entriesAt(table, pointers)).filter(({ outcome }) => outcome === undefined);
  return open.toSorted(newestFirst);
}

const { history } = LEDGER_TABLE;

/** The entry of a remediation. Undefined for what is no such id. The index has it within a second or so. Throws CallFailed, InputInvalid. */
export async function byId(table: Table, remediationId: string): Promise<LedgerEntry | undefined> {
  if (!REMEDIATION_ID.test(remediationId)) return undefined;
  const chapter = inIndex(history, historyPartition(plannedAt(remediationId)));
  const pointers = await queryAll(table, {
    ...chapter,
    KeyConditionExpression: `${chapter.KeyConditionExpression} AND #id = :id`,
    ExpressionAttributeNames: { ...chapter.ExpressionAttributeNames, '#id': history.sortKey },
    ExpressionAttributeValues: { ...chapter.ExpressionAttributeValues, ':id': { S: remediationId } },
  });
  return (await entriesAt(table, pointers))[0];
}

/** How far back it is looked: 400 days, and the months that these begin and end in. */
const MONTHS_READ = 15;

/** Chapters up to a time, the latest first. */
function partitionsUntil(ms: number): readonly string[] {
  const date = new Date(ms);
  return Array.from({ length: MONTHS_READ }, (_, back) =>
    historyPartition(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - back)),
  );
}

/** The newest remediations, up to `most`, the latest first: a month's after the other's, no more of them than needed. Throws CallFailed, InputInvalid. */
export async function newest(table: Table, most: number): Promise<readonly LedgerEntry[]> {
  const found: LedgerEntry[] = [];
  if (most < 1) return found;
  for (const chapter of partitionsUntil(table.clock.now())) {
    const query = { ...inIndex(history, chapter), ScanIndexForward: false, Limit: most };
    for await (const page of queryPages(table, query)) {
      found.push(...(await entriesAt(table, page)));
      if (found.length >= most) return found.slice(0, most);
    }
  }
  return found;
}

const { due } = LEDGER_TABLE;

/** Entries that wait for a person's answer, the oldest first. Throws CallFailed, InputInvalid. */
export async function waiting(table: Table, status: WaitingStatus): Promise<readonly LedgerEntry[]> {
  const found = await entriesAt(table, await queryAll(table, inIndex(due, status)));
  return found
    .filter(({ outcome, answer }) => outcome?.status === status && answer === undefined)
    .toSorted((a, b) => a.plan.at - b.plan.at);
}

/** Entries whose answer has yet to have its effect, the oldest first. Throws CallFailed, InputInvalid. */
export async function answered(table: Table): Promise<readonly LedgerEntry[]> {
  const found = await entriesAt(table, await queryAll(table, inIndex(due, ANSWERED)));
  return found
    .filter(({ outcome, answer }) => outcome !== undefined && answer !== undefined)
    .toSorted((a, b) => a.plan.at - b.plan.at);
}

/** Unsettled entries whose owner had its time, the longest due first. Throws CallFailed, InputInvalid. */
export async function abandoned(table: Table): Promise<readonly LedgerEntry[]> {
  const now = table.clock.now();
  const pointers = await queryAll(table, dueBy(UNSETTLED, now));
  return (await entriesAt(table, pointers)).filter(
    ({ outcome, heldUntil }) => outcome === undefined && heldUntil <= now,
  );
}
