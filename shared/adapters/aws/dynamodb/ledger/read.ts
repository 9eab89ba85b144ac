import { plannedAt, REMEDIATION_ID } from '../../../../domain/decision.ts';
import type { LedgerEntry } from '../../../../domain/ledger.ts';
import { historyPartition, notesPrefix, planIdOf, SORT_KEYS } from '../keys.ts';
import type { WaitingStatus } from '../retention.ts';
import {
  type CommonAttributes,
  endOfPrefix,
  type Item,
  isAlive,
  itemsBetween,
  itemsDue,
  itemsInHistory,
  itemsUnder,
  queryAll,
  queryPages,
  type Table,
} from '../table.ts';
import { ANSWERED, toEntries, UNSETTLED } from './items.ts';

function aliveEntries(table: Table, items: readonly Item[]): readonly LedgerEntry[] {
  return toEntries(items.filter((item) => isAlive(item, table)));
}

/** A plan's entry with its notes and every write before. Throws CallFailed, InputInvalid. */
export async function readEntry(table: Table, groupId: string, planId: string): Promise<LedgerEntry | undefined> {
  const last = endOfPrefix(notesPrefix(planId));
  const items = await queryAll(table, itemsBetween(groupId, SORT_KEYS.plan + planId, last));
  return aliveEntries(table, items)[0];
}

/** Entries of a group, newest plan first. Throws CallFailed, InputInvalid. */
export async function readEntries(table: Table, groupId: string): Promise<readonly LedgerEntry[]> {
  const items = await queryAll(table, itemsUnder(groupId, SORT_KEYS.plan));
  return aliveEntries(table, items).toSorted((a, b) => b.plan.at - a.plan.at);
}

/** Number of entries that are read in parallel. */
const PARALLEL_READS = 20;

/**
 * The entries that items of an index point to, in their order, as they are now: the index may lag. Throws
 * CallFailed, InputInvalid.
 */
async function entriesAt(table: Table, pointers: readonly CommonAttributes[]): Promise<readonly LedgerEntry[]> {
  const found: (LedgerEntry | undefined)[] = [];
  for (let from = 0; from < pointers.length; from += PARALLEL_READS) {
    const reads = pointers
      .slice(from, from + PARALLEL_READS)
      .map(async ({ subject = '', record = '' }) => await readEntry(table, subject, planIdOf(record)));
    found.push(...(await Promise.all(reads)));
  }
  return found.filter((entry) => entry !== undefined);
}

/**
 * The entry of a remediation; undefined for a text that is no id. The index lags about a second. Throws
 * CallFailed, InputInvalid.
 */
export async function readEntryById(table: Table, remediationId: string): Promise<LedgerEntry | undefined> {
  if (!REMEDIATION_ID.test(remediationId)) return undefined;
  const query = itemsInHistory(historyPartition(plannedAt(remediationId)), remediationId);
  return (await entriesAt(table, await queryAll(table, query)))[0];
}

/**
 * Number of months that the newest remediations are looked up in: 400 days, and the months in which these
 * begin and end.
 */
const MONTHS = 15;

/** Partitions of the history up to a time (milliseconds since the epoch), the latest first. */
function partitionsUntil(ms: number): readonly string[] {
  const date = new Date(ms);
  return Array.from({ length: MONTHS }, (_, back) =>
    historyPartition(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - back)),
  );
}

/**
 * The newest remediations, at most `limit`, the latest first. Reads no more months than needed. Throws
 * CallFailed, InputInvalid.
 */
export async function readNewest(table: Table, limit: number): Promise<readonly LedgerEntry[]> {
  const found: LedgerEntry[] = [];
  if (limit < 1) return found;
  for (const period of partitionsUntil(table.clock.now())) {
    const pages = queryPages(table, { ...itemsInHistory(period), order: 'descending', Limit: limit });
    for await (const page of pages) {
      found.push(...(await entriesAt(table, page)));
      if (found.length >= limit) return found.slice(0, limit);
    }
  }
  return found;
}

/** Entries that wait for a person's answer, the oldest first. Throws CallFailed, InputInvalid. */
export async function readWaiting(table: Table, status: WaitingStatus): Promise<readonly LedgerEntry[]> {
  const found = await entriesAt(table, await queryAll(table, itemsDue(status)));
  return found
    .filter(({ outcome, answer }) => outcome?.status === status && answer === undefined)
    .toSorted((a, b) => a.plan.at - b.plan.at);
}

/** Entries whose answer is still to be carried out, the oldest first. Throws CallFailed, InputInvalid. */
export async function readAnswered(table: Table): Promise<readonly LedgerEntry[]> {
  const found = await entriesAt(table, await queryAll(table, itemsDue(ANSWERED)));
  return found
    .filter(({ outcome, answer }) => outcome !== undefined && answer !== undefined)
    .toSorted((a, b) => a.plan.at - b.plan.at);
}

/** Unsettled entries whose lease has run out, the longest ago first. Throws CallFailed, InputInvalid. */
export async function readAbandoned(table: Table): Promise<readonly LedgerEntry[]> {
  const now = table.clock.now();
  const found = await entriesAt(table, await queryAll(table, itemsDue(UNSETTLED, now)));
  return found.filter(({ outcome, heldUntil }) => outcome === undefined && heldUntil <= now);
}
