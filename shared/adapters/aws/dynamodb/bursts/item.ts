import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { callsPeople, type Gist, gistKey, STORM_GRACE_MS } from '../../../../domain/notifications/storm.ts';
import { getItem, type Item, numberIn, type Table } from '../ledger/item.ts';
import { itemKey, RECORDS } from '../ledger/keys.ts';
import { packedText } from '../ledger/pack.ts';

/** What the due index has the minutes under that people are still to be told of. */
export const STORM_DUE = 'storm';

/**
 * Attributes of a minute (`alone`, `calls`: outcomes that are told by themselves, apart from those among them that call people; `closedAt`),
 * and of an outcome that is not (`gist` and on).
 */
export const STORM = {
  alone: 'alone',
  calls: 'calls',
  closedAt: 'closedAt',
  gist: 'gist',
  /** When it was put there, ms. */
  putAt: 'putAt',
  /** Start of the minute that the outcome counts in, where it came too late for this one. */
  movedTo: 'movedTo',
} as const;

/**
 * How long a write may take that was begun, ms: the invocation that began it has ended by then. A minute is closed later than that after
 * its end, so what a minute took is there when it is read.
 */
export const LANDED_MS = STORM_GRACE_MS / 2;

const DAY_MS = 86_400_000;

/** Until when minutes and gists are kept that are made now, ms since the epoch. */
export const stormKeptUntil = (now: number): number => now + 30 * DAY_MS;

/** Partition of a minute, so that a storm is in nobody's way: `storm#2026-01-02T03:04`. */
export const stormSubject = (minute: number): string => RECORDS.storm + new Date(minute).toISOString().slice(0, 16);

/** Start of the minute that a partition is of, milliseconds since the epoch. */
export const minuteOfSubject = (subject: string): number => Date.parse(`${subject.slice(RECORDS.storm.length)}Z`);

/** Primary key of a minute. */
export const minuteKey = (minute: number): Record<string, AttributeValue> =>
  itemKey(stormSubject(minute), RECORDS.storm);

/** Primary key of an outcome in a minute. */
export const gistItemKey = (minute: number, gist: Gist): Record<string, AttributeValue> =>
  itemKey(stormSubject(minute), RECORDS.gist + gistKey(gist));

/** A minute, consistent with every write before. Throws CallFailed. */
export const minuteItem = async (table: Table, minute: number): Promise<Item | undefined> =>
  await getItem(table, minuteKey(minute));

/** The attribute of a minute that an outcome counts in. */
export const roomFor = (gist: Gist): string => (callsPeople(gist) ? STORM.calls : STORM.alone);

/** Whether an outcome is told by itself in a minute. */
export const isAlone = (item: Item | undefined, gist: Gist): boolean =>
  item?.[roomFor(gist)]?.SS?.includes(gistKey(gist)) === true;

/** When a minute was closed, ms; undefined while it is not. */
export const closedAtOf = (item: Item | undefined): number | undefined => numberIn(item?.[STORM.closedAt]);

/** The gist that an item holds. Throws InputInvalid. */
export const gistOf = (item: Item): Gist => {
  const gist: Gist = JSON.parse(packedText(STORM.gist, item[STORM.gist]));
  return gist;
};
