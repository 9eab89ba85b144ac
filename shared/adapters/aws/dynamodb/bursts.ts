import { type AttributeValue, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
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
import { call } from '../call.ts';
import { itemKey, LEDGER_TABLE, SORT_KEYS } from './keys.ts';
import {
  dueBy,
  existingItem,
  getItem,
  type Item,
  isConditionFailed,
  itemsUnder,
  numberAttribute,
  numberOf,
  pack,
  packedText,
  queryAll,
  type Table,
  ttlAttribute,
  unlessConditionFailed,
} from './table.ts';

/** What the due index has the minutes under that people are still to be told of. */
const BURST_DUE = 'storm';

/**
 * Attributes of a minute (`alone`, `calls`: outcomes that are told by themselves, apart from those among them that call people; `closedAt`),
 * and of an outcome that is not (`gist` and on).
 */
const BURST = {
  individual: 'alone',
  urgent: 'calls',
  closedAt: 'closedAt',
  entry: 'gist',
  /** When it was put there, ms. */
  putAt: 'putAt',
  /** Start of the minute that the outcome counts in, where it came too late for this one. */
  movedTo: 'movedTo',
} as const;

/**
 * How long a write may take that was begun, ms: the invocation that began it has ended by then. A minute is closed later than that after
 * its end, so what a minute took is there when it is read.
 */
const WRITE_DONE_MS = BURST_GRACE_MS / 2;

const DAY_MS = 86_400_000;

/** Until when minutes and gists are kept that are made now, ms since the epoch. */
function burstKeptUntil(now: number): number {
  return now + 30 * DAY_MS;
}

/** Partition of a minute, so that a storm is in nobody's way: `storm#2026-01-02T03:04`. */
function burstPartition(minute: number): string {
  return SORT_KEYS.burst + new Date(minute).toISOString().slice(0, 16);
}

/** Start of the minute that a partition is of, milliseconds since the epoch. */
function minuteOfPartition(subject: string): number {
  return Date.parse(`${subject.slice(SORT_KEYS.burst.length)}Z`);
}

/** Primary key of a minute. */
function minuteKey(minute: number): Record<string, AttributeValue> {
  return itemKey(burstPartition(minute), SORT_KEYS.burst);
}

/** Primary key of an outcome in a minute. */
function digestItemKey(minute: number, gist: DigestEntry): Record<string, AttributeValue> {
  return itemKey(burstPartition(minute), SORT_KEYS.digestEntry + digestEntryKey(gist));
}

/** A minute, consistent with every write before. Throws CallFailed. */
async function minuteItem(table: Table, minute: number): Promise<Item | undefined> {
  return await getItem(table, minuteKey(minute));
}

/** The attribute of a minute that an outcome counts in. */
function counterFor(gist: DigestEntry): string {
  return callsPeople(gist) ? BURST.urgent : BURST.individual;
}

/** Whether an outcome is told by itself in a minute. */
function isIndividual(item: Item | undefined, gist: DigestEntry): boolean {
  return item?.[counterFor(gist)]?.SS?.includes(digestEntryKey(gist)) === true;
}

/** When a minute was closed, ms; undefined while it is not. */
function closedAtOf(item: Item | undefined): number | undefined {
  return numberOf(item?.[BURST.closedAt]);
}

/** The gist that an item holds. Throws InputInvalid. */
function digestEntryOf(item: Item): DigestEntry {
  const gist: DigestEntry = JSON.parse(packedText(BURST.entry, item[BURST.entry]));
  return gist;
}

/** Storms in the ledger's table: each minute is a partition of its own, with an item for the minute and one for each gist. */
export function burstsIn(table: Table): AlertBursts {
  return {
    admit: admitOutcome(table),
    finished: async () => await closedBursts(table),
    remove: async (storm) => await clearDue(table, storm),
  };
}

const { due, ttl } = LEDGER_TABLE;

/**
 * Counts an outcome in a minute that is open, unless the minute is full. The set of names is the counter: a name that is in it counts
 * once, and one condition guards every write. With 100 names it is 4 KB. A closed minute is never written to.
 */
async function countIndividual(table: Table, gist: DigestEntry, minute: number, perMinute: number): Promise<void> {
  const command = new UpdateItemCommand({
    TableName: table.name,
    Key: minuteKey(minute),
    UpdateExpression: 'ADD #alone :names SET #dueAs = :storm, #dueAt = :dueAt',
    ConditionExpression:
      'attribute_not_exists(#closedAt) AND (attribute_not_exists(#alone) OR contains(#alone, :name) OR size(#alone) < :most)',
    ExpressionAttributeNames: {
      '#alone': counterFor(gist),
      '#closedAt': BURST.closedAt,
      '#dueAs': due.partitionKey,
      '#dueAt': due.sortKey,
    },
    ExpressionAttributeValues: {
      ':names': { SS: [digestEntryKey(gist)] },
      ':name': { S: digestEntryKey(gist) },
      ':most': numberAttribute(perMinute),
      ':storm': { S: BURST_DUE },
      ':dueAt': numberAttribute(minuteEnd(minute) + BURST_GRACE_MS),
    },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  await call('UpdateItem', table.dynamoDb.send(command));
}

/** Whether an outcome is told by itself in its minute; `full`, or `over` where the minute takes no more. */
async function tryCount(
  table: Table,
  gist: DigestEntry,
  minute: number,
  perMinute: number,
): Promise<'alone' | 'full' | 'over'> {
  if (isMinuteOver(minute, table.clock.now()))
    return isIndividual(await minuteItem(table, minute), gist) ? 'alone' : 'over';
  try {
    await countIndividual(table, gist, minute, perMinute);
    return 'alone';
  } catch (error) {
    if (!isConditionFailed(error)) throw error;
    const item = await existingItem(table, minuteKey(minute), error);
    if (isIndividual(item, gist)) return 'alone';
    return closedAtOf(item) === undefined ? 'full' : 'over';
  }
}

/** Puts a gist into a minute, once: a retry leaves the first one, and the time at which it was put there. */
async function putDigestEntry(table: Table, gist: DigestEntry, minute: number): Promise<void> {
  const now = table.clock.now();
  const command = new PutItemCommand({
    TableName: table.name,
    Item: {
      ...digestItemKey(minute, gist),
      [BURST.entry]: pack(gist),
      [BURST.putAt]: numberAttribute(now),
      [ttl]: ttlAttribute(burstKeptUntil(now)),
    },
    ConditionExpression: 'attribute_not_exists(#record)',
    ExpressionAttributeNames: { '#record': LEDGER_TABLE.sortKey },
  });
  await unlessConditionFailed('PutItem', table.dynamoDb.send(command));
}

/**
 * Puts a gist into a full minute, and looks afterwards whether the minute is still open: it is closed before it is read, so a gist that
 * was there while it was open is read.
 */
async function tryGather(table: Table, gist: DigestEntry, minute: number): Promise<'gathered' | 'over'> {
  await putDigestEntry(table, gist, minute);
  return closedAtOf(await minuteItem(table, minute)) === undefined ? 'gathered' : 'over';
}

/** Where an outcome is, once its minute is known to be full, or over: gathered, or on its way to a later minute. */
async function placeEntry(
  table: Table,
  gist: DigestEntry,
  minute: number,
  state: 'full' | 'over',
): Promise<'gathered' | number> {
  if (state === 'over') return await placeInLaterMinute(table, gist, minute);
  return (await tryGather(table, gist, minute)) === 'gathered' ? 'gathered' : await recordMove(table, gist, minute);
}

async function admitToMinute(
  table: Table,
  gist: DigestEntry,
  minute: number,
  perMinute: number,
): ReturnType<AlertBursts['admit']> {
  const state = await tryCount(table, gist, minute, perMinute);
  if (state === 'alone') return state;
  const place = await placeEntry(table, gist, minute, state);
  return place === 'gathered' ? place : await admitToMinute(table, gist, place, perMinute);
}

/**
 * Whether an outcome is told by itself. One write where it is; where it is gathered, a write that is refused, the gist, and a look. Throws
 * CallFailed.
 */
function admitOutcome(table: Table): AlertBursts['admit'] {
  return async (gist, perMinute) =>
    await admitToMinute(table, gist, minuteStart(Math.min(gist.at, table.clock.now())), perMinute);
}

function movedTo(item: Item | undefined): number | undefined {
  return numberOf(item?.[BURST.movedTo]);
}

/** Whether a gist of an earlier try, whose invocation has ended, was in its minute for certain when that was read. */
async function wasRead(table: Table, { [BURST.putAt]: putAt }: Item, minute: number): Promise<boolean> {
  if (putAt?.N === undefined) return false;
  const closedAt = closedAtOf(await minuteItem(table, minute)) ?? table.clock.now();
  return Number(putAt.N) + WRITE_DONE_MS <= closedAt;
}

/** Leaves word in the minute of where the outcome went: the first of two that come at once decides. Throws CallFailed. */
async function recordMove(table: Table, gist: DigestEntry, minute: number): Promise<number> {
  const now = table.clock.now();
  const to = Math.max(minuteStart(now), minuteEnd(minute));
  const command = new UpdateItemCommand({
    TableName: table.name,
    Key: digestItemKey(minute, gist),
    UpdateExpression: 'SET #movedTo = if_not_exists(#movedTo, :to), #ttl = :until',
    ExpressionAttributeNames: { '#movedTo': BURST.movedTo, '#ttl': LEDGER_TABLE.ttl },
    ExpressionAttributeValues: { ':to': numberAttribute(to), ':until': ttlAttribute(burstKeptUntil(now)) },
    ReturnValues: 'ALL_NEW',
  });
  const { Attributes } = await call('UpdateItem', table.dynamoDb.send(command));
  return movedTo(Attributes) ?? to;
}

/**
 * Where an outcome counts whose minute is over: it was gathered there in time, or in a later minute (its start is answered), to which each
 * further try is led by the word that the first one left. One that may have come too late to be read moves on, too: told by two digests is
 * better than by none. Throws CallFailed.
 */
async function placeInLaterMinute(table: Table, gist: DigestEntry, minute: number): Promise<'gathered' | number> {
  const item = await getItem(table, digestItemKey(minute, gist));
  const known = movedTo(item);
  if (known !== undefined) return known;
  if (item !== undefined && (await wasRead(table, item, minute))) return 'gathered';
  return await recordMove(table, gist, minute);
}

const { due: dueKeys } = LEDGER_TABLE;

/** No further minute is read from so many gists on, 4 MB in five pages: what is left comes at the next tick. */
const MAX_DIGEST_ENTRIES = 10_000;

/** Minutes that are due, the oldest first. */
async function dueMinutes(table: Table, now: number): Promise<readonly number[]> {
  const items = await queryAll(table, dueBy(BURST_DUE, now));
  return items.map((item) => minuteOfPartition(item[LEDGER_TABLE.partitionKey]?.S ?? '')).toSorted((a, b) => a - b);
}

/** Closes a minute, once: when it was closed is answered. Undefined where it was told meanwhile: the index follows the table. */
async function closeMinute(table: Table, minute: number, now: number): Promise<number | undefined> {
  const command = new UpdateItemCommand({
    TableName: table.name,
    Key: minuteKey(minute),
    UpdateExpression: 'SET #closedAt = if_not_exists(#closedAt, :now)',
    ConditionExpression: 'attribute_exists(#dueAs)',
    ExpressionAttributeNames: { '#closedAt': BURST.closedAt, '#dueAs': dueKeys.partitionKey },
    ExpressionAttributeValues: { ':now': numberAttribute(now) },
    ReturnValues: 'ALL_NEW',
  });
  return closedAtOf((await unlessConditionFailed('UpdateItem', table.dynamoDb.send(command)))?.Attributes);
}

/** What a closed minute gathered, apart from what went on to a later one. */
async function digestEntriesIn(table: Table, minute: number): Promise<readonly DigestEntry[]> {
  const items = await queryAll(table, itemsUnder(burstPartition(minute), SORT_KEYS.digestEntry));
  return items.filter((item) => item[BURST.movedTo] === undefined).map(digestEntryOf);
}

async function closeBurst(table: Table, minute: number, now: number): Promise<AlertBurst | undefined> {
  const closedAt = await closeMinute(table, minute, now);
  if (closedAt === undefined) return undefined;
  const storm = { minute, closedAt, gists: await digestEntriesIn(table, minute) };
  if (storm.gists.length > 0) return storm;
  await clearDue(table, storm);
  return undefined;
}

/**
 * Storms that are over, each closed before it is read; minutes that gathered nothing are forgotten on the way. Throws CallFailed,
 * InputInvalid.
 *
 * @param most gists from which on no further minute is read; each comes whole
 */
export async function closedBursts(table: Table, most = MAX_DIGEST_ENTRIES): Promise<readonly AlertBurst[]> {
  const now = table.clock.now();
  const storms: AlertBurst[] = [];
  let gists = 0;
  for (const minute of await dueMinutes(table, now)) {
    if (gists >= most) break;
    const storm = await closeBurst(table, minute, now);
    if (storm !== undefined) storms.push(storm);
    gists += storm?.gists.length ?? 0;
  }
  return storms;
}

const { due: dueIndex, ttl: ttlName } = LEDGER_TABLE;

/** Takes a closed minute out of what is due. It and its gists stay until they expire, so that a late retry finds its answer. Throws CallFailed. */
async function clearDue(table: Table, { minute }: Pick<AlertBurst, 'minute'>): Promise<void> {
  const command = new UpdateItemCommand({
    TableName: table.name,
    Key: minuteKey(minute),
    UpdateExpression: 'SET #ttl = :until REMOVE #dueAs, #dueAt',
    ExpressionAttributeNames: { '#ttl': ttlName, '#dueAs': dueIndex.partitionKey, '#dueAt': dueIndex.sortKey },
    ExpressionAttributeValues: { ':until': ttlAttribute(burstKeptUntil(table.clock.now())) },
  });
  await call('UpdateItem', table.dynamoDb.send(command));
}
