import {
  type AlertBurst,
  type AlertBursts,
  BURST_GRACE_MS,
  callsPeople,
  type DigestEntry,
  digestEntryKey,
  isMinuteOver,
  minuteEnd,
  minuteStart,
} from '../../../domain/notification.ts';
import { type ItemKey, SORT_KEYS } from './keys.ts';
import {
  bind,
  type CommonAttributes,
  existingItem,
  getItem,
  itemsDue,
  itemsUnder,
  type Packed,
  pack,
  putItem,
  queryAll,
  type Table,
  ttlOf,
  unpack,
  updateItem,
} from './table.ts';

/**
 * Alert bursts in the ledger's table. Each minute is a partition with an item for the minute and one for each
 * digest entry.
 */
export function burstsIn(table: Table): AlertBursts {
  return bind(table, {
    admit: admitOutcome,
    finished: async (place: Table) => await closedBursts(place),
    remove: removeFromDue,
  });
}

/** `dueAs` of minutes whose digest is still to be sent. */
const DUE = 'burst';

/**
 * The item of a minute. `individual` and `urgent` hold the keys of outcomes that people are told of one by
 * one; those that call people count separately as urgent. `closedAt`: milliseconds since the epoch.
 */
interface MinuteItem extends CommonAttributes {
  readonly individual?: ReadonlySet<string>;
  readonly urgent?: ReadonlySet<string>;
  readonly closedAt?: number;
}

/**
 * The item of a digest entry. `putAt`: when it was written, ms. `movedTo`: start of the later minute that it
 * counts in.
 */
interface EntryItem {
  readonly entry?: Packed;
  readonly putAt?: number;
  readonly movedTo?: number;
}

/**
 * How long a write may take once it has begun, ms: by then its invocation has ended. A minute is closed later
 * than this after its end, so a closed minute has all writes that were accepted.
 */
const WRITE_DONE_MS = BURST_GRACE_MS / 2;

/** How long minutes and digest entries are kept, ms: 30 days. */
const KEPT_MS = 30 * 86_400_000;

function expiry(now: number): number {
  return ttlOf(now + KEPT_MS);
}

/** Partition of a minute, such as `burst#2026-01-02T03:04`. */
function partitionOf(minute: number): string {
  return SORT_KEYS.burst + new Date(minute).toISOString().slice(0, 16);
}

/** Start of the minute that a partition holds, milliseconds since the epoch. */
function minuteOf(partition: string): number {
  return Date.parse(`${partition.slice(SORT_KEYS.burst.length)}Z`);
}

function minuteKey(minute: number): ItemKey {
  return { subject: partitionOf(minute), record: SORT_KEYS.burst };
}

function entryKey(minute: number, entry: DigestEntry): ItemKey {
  return { subject: partitionOf(minute), record: SORT_KEYS.digestEntry + digestEntryKey(entry) };
}

async function readMinute(table: Table, minute: number): Promise<MinuteItem | undefined> {
  return await getItem(table, minuteKey(minute));
}

/** The attribute of a minute that counts an outcome. */
function counterFor(entry: DigestEntry): 'urgent' | 'individual' {
  return callsPeople(entry) ? 'urgent' : 'individual';
}

function isIndividual(item: MinuteItem | undefined, entry: DigestEntry): boolean {
  return item?.[counterFor(entry)]?.has(digestEntryKey(entry)) === true;
}

/** Whether people are told of an outcome individually; `full` or `over` if the minute accepts no more. */
async function countOutcome(
  table: Table,
  entry: DigestEntry,
  minute: number,
  perMinute: number,
): Promise<'alone' | 'full' | 'over'> {
  if (isMinuteOver(minute, table.clock.now()))
    return isIndividual(await readMinute(table, minute), entry) ? 'alone' : 'over';
  const counter = counterFor(entry);
  const hasRoom = `attribute_not_exists(#${counter}) OR size(#${counter}) < :perMinute OR contains(#${counter}, :key)`;
  const key = minuteKey(minute);
  const result = await updateItem(table, key, {
    addToSets: { [counter]: new Set([digestEntryKey(entry)]) },
    set: { dueAs: DUE, dueAt: minuteEnd(minute) + BURST_GRACE_MS },
    condition: `attribute_not_exists(#closedAt) AND (${hasRoom})`,
    values: { perMinute, key: digestEntryKey(entry) },
  });
  if (result.written) return 'alone';
  const item: MinuteItem | undefined = await existingItem(table, key, result.refusal);
  if (isIndividual(item, entry)) return 'alone';
  return item?.closedAt === undefined ? 'full' : 'over';
}

/** Writes an entry into a minute, once: a retry keeps the first one and the time at which it was written. */
async function putEntry(table: Table, entry: DigestEntry, minute: number): Promise<void> {
  const now = table.clock.now();
  const item = { ...entryKey(minute, entry), entry: pack(entry), putAt: now, expiresAt: expiry(now) };
  await putItem(table, item, { condition: 'attribute_not_exists(#record)' });
}

/**
 * Records which later minute an outcome counts in. If two invocations do so at once, the first one decides.
 * Throws CallFailed.
 */
async function moveEntry(table: Table, entry: DigestEntry, minute: number): Promise<number> {
  const now = table.clock.now();
  const movedTo = Math.max(minuteStart(now), minuteEnd(minute));
  const result = await updateItem(table, entryKey(minute, entry), {
    setIfAbsent: { movedTo },
    set: { expiresAt: expiry(now) },
    returns: 'new item',
  });
  const item: EntryItem = result.written ? result.item : {};
  return item.movedTo ?? movedTo;
}

/**
 * Whether an entry of an earlier attempt, whose invocation has ended, was certainly in its minute when the
 * digest was read.
 */
async function wasRead(table: Table, { putAt }: EntryItem, minute: number): Promise<boolean> {
  if (putAt === undefined) return false;
  const closedAt = (await readMinute(table, minute))?.closedAt ?? table.clock.now();
  return putAt + WRITE_DONE_MS <= closedAt;
}

/**
 * Where an outcome counts whose minute is over: it was gathered there in time, or it counts in a later
 * minute, whose start is returned. Retries follow the first attempt's forwarding record. An entry that may
 * have come too late for the digest moves on, too: two digests with it are better than none. Throws
 * CallFailed.
 */
async function placeLateEntry(table: Table, entry: DigestEntry, minute: number): Promise<'gathered' | number> {
  const item: EntryItem | undefined = await getItem(table, entryKey(minute, entry));
  if (item?.movedTo !== undefined) return item.movedTo;
  if (item !== undefined && (await wasRead(table, item, minute))) return 'gathered';
  return await moveEntry(table, entry, minute);
}

/**
 * Gathers an outcome in a full minute, and reads afterwards whether the minute is still open. A minute is
 * closed before its digest is read, so the digest has every entry that was written while the minute was open.
 */
async function gatherEntry(table: Table, entry: DigestEntry, minute: number): Promise<'gathered' | number> {
  await putEntry(table, entry, minute);
  const isOpen = (await readMinute(table, minute))?.closedAt === undefined;
  return isOpen ? 'gathered' : await moveEntry(table, entry, minute);
}

async function admitToMinute(
  table: Table,
  entry: DigestEntry,
  minute: number,
  perMinute: number,
): ReturnType<AlertBursts['admit']> {
  const state = await countOutcome(table, entry, minute, perMinute);
  if (state === 'alone') return state;
  const place = await (state === 'over' ? placeLateEntry : gatherEntry)(table, entry, minute);
  return place === 'gathered' ? place : await admitToMinute(table, entry, place, perMinute);
}

/**
 * Decides whether people are told of an outcome individually. That takes one write. A gathered outcome takes
 * a rejected write, the write of its entry, and a read. Throws CallFailed.
 */
async function admitOutcome(table: Table, entry: DigestEntry, perMinute: number): ReturnType<AlertBursts['admit']> {
  return await admitToMinute(table, entry, minuteStart(Math.min(entry.at, table.clock.now())), perMinute);
}

/**
 * After this many entries no further minute is read: 4 MB in five pages. The other minutes follow at the next
 * run.
 */
const MAX_DIGEST_ENTRIES = 10_000;

/** Minutes whose digest is due, the oldest first. */
async function dueMinutes(table: Table, now: number): Promise<readonly number[]> {
  const items: readonly CommonAttributes[] = await queryAll(table, itemsDue(DUE, now));
  return items.map(({ subject = '' }) => minuteOf(subject)).toSorted((a, b) => a - b);
}

/**
 * Closes a minute, once, and returns when. Undefined if its digest was sent meanwhile, because the index
 * lags.
 */
async function closeMinute(table: Table, minute: number, now: number): Promise<number | undefined> {
  const result = await updateItem(table, minuteKey(minute), {
    setIfAbsent: { closedAt: now },
    condition: 'attribute_exists(#dueAs)',
    returns: 'new item',
  });
  const item: MinuteItem = result.written ? result.item : {};
  return item.closedAt;
}

/** Entries of a closed minute, apart from those that count in a later minute. */
async function entriesOf(table: Table, minute: number): Promise<readonly DigestEntry[]> {
  const items: readonly EntryItem[] = await queryAll(table, itemsUnder(partitionOf(minute), SORT_KEYS.digestEntry));
  return items.flatMap(({ movedTo, entry }): readonly DigestEntry[] =>
    movedTo === undefined ? [unpack('entry', entry)] : [],
  );
}

async function closeBurst(table: Table, minute: number, now: number): Promise<AlertBurst | undefined> {
  const closedAt = await closeMinute(table, minute, now);
  if (closedAt === undefined) return undefined;
  const burst = { minute, closedAt, gists: await entriesOf(table, minute) };
  if (burst.gists.length > 0) return burst;
  await removeFromDue(table, burst);
  return undefined;
}

/**
 * Bursts that are over, each closed before it is read. Minutes without entries are removed from what is due.
 * Throws CallFailed, InputInvalid.
 *
 * @param limit number of entries after which no further minute is read; each minute is returned whole.
 */
export async function closedBursts(table: Table, limit = MAX_DIGEST_ENTRIES): Promise<readonly AlertBurst[]> {
  const now = table.clock.now();
  const bursts: AlertBurst[] = [];
  let entries = 0;
  for (const minute of await dueMinutes(table, now)) {
    if (entries >= limit) break;
    const burst = await closeBurst(table, minute, now);
    if (burst !== undefined) bursts.push(burst);
    entries += burst?.gists.length ?? 0;
  }
  return bursts;
}

/**
 * Removes a minute from what is due. Its items stay until they expire, so that a late retry finds its answer.
 * Throws CallFailed.
 */
async function removeFromDue(table: Table, { minute }: Pick<AlertBurst, 'minute'>): Promise<void> {
  await updateItem(table, minuteKey(minute), {
    set: { expiresAt: expiry(table.clock.now()) },
    remove: ['dueAs', 'dueAt'],
  });
}
