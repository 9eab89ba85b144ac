import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { CallFailed } from '../../../domain/errors.ts';
import {
  type GroupRecord,
  type GroupRecords,
  type NotifiedRule,
  type OpenCase,
  type OwnChange,
  RECORD_KEPT_MS,
  type Recheck,
  type RecordChange,
} from '../../../domain/group-record.ts';
import { call, chunks } from '../call.ts';
import { type ItemKey, SORT_KEYS } from './keys.ts';
import {
  type Attributes,
  bind,
  type CommonAttributes,
  type Item,
  isAlive,
  itemsDue,
  queryAll,
  type Table,
  ttlOf,
  type Update,
  updateItem,
} from './table.ts';

/** Group records in the ledger's table: one item for each group, among the group's other items. */
export function groupRecordsIn(table: Table): GroupRecords {
  return bind(table, {
    get: readRecords,
    begin: beginRecord,
    change: changeRecord,
    scheduleRecheck,
    dueForRecheck: readDueRecords,
    completeRecheck,
  });
}

/** `dueAs` of groups that are to be checked again. */
const DUE = 'recheck';

/** The item of a group's record. The sets hold text, because DynamoDB merges parallel writes to a set. */
interface RecordItem extends CommonAttributes {
  readonly since?: number;
  readonly addedAt?: number;
  readonly contents?: ReadonlySet<string>;
  readonly ownChanges?: ReadonlySet<string>;
  readonly notified?: ReadonlySet<string>;
  readonly openCases?: ReadonlySet<string>;
  readonly region?: string;
  readonly account?: string;
  readonly hold?: boolean;
}

function recordKey(groupId: string): ItemKey {
  return { subject: groupId, record: SORT_KEYS.groupRecord };
}

/**
 * Elements of the sets as text: fields separated by blanks. The content comes last, because it contains
 * blanks.
 */
const TEXT_OF = {
  ownChanges: ({ at, what, ruleId, content }: OwnChange): string => `${at} ${what} ${ruleId} ${content}`,
  notified: ({ at, mode, ruleId, content }: NotifiedRule): string => `${at} ${mode} ${ruleId} ${content}`,
  openCases: ({ at, caseId, planId }: OpenCase): string => `${at} ${caseId} ${planId}`,
} as const;

/** The first three fields of an element, and the rest of it. */
function fieldsOf(element: string): readonly [at: number, second: string, third: string, rest: string] {
  const [at = '', second = '', third = '', ...rest] = element.split(' ');
  return [Number(at), second, third, rest.join(' ')];
}

function ownChange(element: string): OwnChange {
  const [at, what, ruleId, content] = fieldsOf(element);
  return { at, what: what === 'granted' ? 'granted' : 'removed', ruleId, content };
}

function notifiedRule(element: string): NotifiedRule {
  const [at, mode, ruleId, content] = fieldsOf(element);
  return { at, mode: mode === 'approve' ? 'approve' : 'alert', ruleId, content };
}

function openCase(element: string): OpenCase {
  const [at, caseId, planId] = fieldsOf(element);
  return { at, caseId, planId };
}

function recheckOf({ dueAt, region = '', account = '', hold }: RecordItem): Recheck | undefined {
  return dueAt === undefined ? undefined : { at: dueAt, region, account, ...(hold === true && { hold }) };
}

function groupRecordOf(item: RecordItem): GroupRecord {
  const { subject = '', since, contents, ownChanges = [], notified = [], openCases = [], expiresAt } = item;
  const recheck = recheckOf(item);
  return {
    groupId: subject,
    ...(since !== undefined && { since }),
    contents: contents ?? new Set(),
    ownChanges: Array.from(ownChanges, ownChange),
    notified: Array.from(notified, notifiedRule),
    openCases: Array.from(openCases, openCase),
    ...(recheck && { recheck }),
    keptUntil: (expiresAt ?? Number.POSITIVE_INFINITY) * 1000,
  };
}

/** The records among items of some groups, by group. */
export function groupRecords(items: readonly Item[], table: Pick<Table, 'clock'>): ReadonlyMap<string, GroupRecord> {
  const all: readonly RecordItem[] = items;
  const found = all.filter((item) => item.record === SORT_KEYS.groupRecord && isAlive(item, table)).map(groupRecordOf);
  return new Map(found.map((record) => [record.groupId, record]));
}

/**
 * Keys of one request.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
 */
const KEYS_PER_REQUEST = 100;

/** Pauses before keys that DynamoDB did not process are requested again, ms. */
const PAUSES_MS = [50, 200, 800, 2000] as const;

/**
 * Reads items. DynamoDB answers at most 16 MB, and less if it throttles; unprocessed keys are requested
 * again. Throws CallFailed.
 */
async function batchGet(table: Table, all: readonly ItemKey[]): Promise<readonly Item[]> {
  const items: Item[] = [];
  let Keys = all.map((key) => marshall({ ...key }));
  for (let round = 0; Keys.length > 0; round += 1) {
    if (round > PAUSES_MS.length) {
      const reason = `${Keys.length} of ${all.length} keys were not processed`;
      throw new CallFailed('BatchGetItem', 'UnprocessedKeys', true, reason);
    }
    const pause = PAUSES_MS[round - 1];
    if (pause !== undefined) await table.clock.sleep(pause);
    const command = new BatchGetItemCommand({ RequestItems: { [table.name]: { Keys, ConsistentRead: true } } });
    const { Responses, UnprocessedKeys } = await call('BatchGetItem', table.dynamoDb.send(command));
    items.push(...(Responses?.[table.name] ?? []).map((item) => unmarshall(item)));
    Keys = UnprocessedKeys?.[table.name]?.Keys ?? [];
  }
  return items;
}

async function readRecords(table: Table, groupIds: readonly string[]): Promise<ReadonlyMap<string, GroupRecord>> {
  const parts = chunks([...new Set(groupIds)], KEYS_PER_REQUEST);
  const items = await Promise.all(parts.map(async (ids) => await batchGet(table, ids.map(recordKey))));
  return groupRecords(items.flat(), table);
}

/**
 * Records of the groups that are due to be checked again, as they are now: the index may lag. Throws
 * CallFailed.
 */
async function readDueRecords(table: Table): Promise<readonly GroupRecord[]> {
  const now = table.clock.now();
  const pointers: readonly CommonAttributes[] = await queryAll(table, itemsDue(DUE, now));
  const records = await readRecords(
    table,
    pointers.flatMap(({ subject }) => subject ?? []),
  );
  return [...records.values()].filter(({ recheck }) => recheck !== undefined && recheck.at <= now);
}

/** Attributes that every write sets which may make the record. */
function renewed({ clock }: Table): Attributes {
  return { current: 'record', expiresAt: ttlOf(clock.now() + RECORD_KEPT_MS) };
}

async function updateRecord(table: Table, groupId: string, update: Update): Promise<boolean> {
  return (await updateItem(table, recordKey(groupId), update)).written;
}

/**
 * Writes the first contents. DynamoDB merges them with contents that others have added meanwhile. Throws
 * CallFailed.
 */
async function beginRecord(table: Table, first: Parameters<GroupRecords['begin']>[0]): Promise<void> {
  await updateRecord(table, first.groupId, {
    set: { ...renewed(table), since: first.since },
    addToSets: { contents: setOf(first.contents) },
    condition: 'attribute_not_exists(#since) OR #expiresAt <= :now',
    values: { now: ttlOf(table.clock.now()) },
  });
}

/** Undefined instead of an empty set, which DynamoDB does not have. */
function setOf(elements: readonly string[] = []): ReadonlySet<string> | undefined {
  return elements.length === 0 ? undefined : new Set(elements);
}

type RecordSets = Pick<RecordItem, 'contents' | 'ownChanges' | 'notified' | 'openCases'>;

/** Elements for the sets of a record. Sets without elements are absent. */
function setsOf(contents: readonly string[] | undefined, notes: RecordChange['remember'] = {}): RecordSets {
  const sets = {
    contents: setOf(contents),
    ownChanges: setOf(notes.ownChanges?.map(TEXT_OF.ownChanges)),
    notified: setOf(notes.notified?.map(TEXT_OF.notified)),
    openCases: setOf(notes.openCases?.map(TEXT_OF.openCases)),
  };
  return Object.fromEntries(Object.entries(sets).filter(([, elements]) => elements !== undefined));
}

function isEmpty(sets: RecordSets): boolean {
  return Object.keys(sets).length === 0;
}

/** Adds to sets and removes from others, or only renews the record. */
async function addTo(table: Table, groupId: string, more: RecordSets, less: RecordSets = {}): Promise<void> {
  const addedAt = more.contents === undefined ? undefined : table.clock.now();
  await updateRecord(table, groupId, {
    set: { ...renewed(table), addedAt },
    addToSets: { ...more },
    deleteFromSets: { ...less },
  });
}

/** Removes from the sets of an existing record. */
async function removeFrom(table: Table, groupId: string, less: RecordSets, unlessAddedSince: number | undefined) {
  const guard = ' AND (attribute_not_exists(#addedAt) OR #addedAt <= :unlessAddedSince)';
  await updateRecord(table, groupId, {
    deleteFromSets: { ...less },
    condition: `attribute_exists(#record)${unlessAddedSince === undefined ? '' : guard}`,
    values: { unlessAddedSince },
  });
}

/**
 * Merges a change into a record: by one request if no set is in both parts, because DynamoDB cannot add to a
 * set and remove from it.
 */
async function changeRecord(table: Table, groupId: string, change: RecordChange): Promise<void> {
  const less = setsOf(change.remove, change.forget);
  const more = setsOf(change.add, change.remember);
  const isSeparate = Object.keys(less).every((name) => !(name in more));
  if (!isEmpty(more) && change.unlessAddedSince === undefined && isSeparate)
    return await addTo(table, groupId, more, less);
  if (!isEmpty(less)) await removeFrom(table, groupId, less, change.unlessAddedSince);
  if (!isEmpty(more) || isEmpty(less)) await addTo(table, groupId, more);
}

/**
 * Schedules another check of a group. An earlier time stays unless it has passed: that check may have begun
 * with a snapshot older than this request. A passed time is replaced by the present one, which the next run
 * of the schedule finds.
 */
async function scheduleRecheck(table: Table, groupId: string, recheck: Recheck): Promise<void> {
  const { at, region, account, hold } = recheck;
  const set = { ...renewed(table), dueAs: DUE, region, account, hold };
  const condition = 'attribute_not_exists(#dueAt) OR #dueAt > :dueAt';
  if (await updateRecord(table, groupId, { set: { ...set, dueAt: at }, condition })) return;
  await updateRecord(table, groupId, { set: { ...set, dueAt: table.clock.now() }, condition: '#dueAt < :dueAt' });
  // The limit applies to the check at whichever time it takes place.
  if (hold) await updateRecord(table, groupId, { set: { hold }, condition: 'attribute_exists(#dueAt)' });
}

/** Ends a scheduled check, unless the group was scheduled for another time since. Throws CallFailed. */
async function completeRecheck(table: Table, groupId: string, { at }: Recheck): Promise<void> {
  await updateRecord(table, groupId, {
    remove: ['dueAs', 'dueAt', 'hold'],
    condition: '#dueAt = :at',
    values: { at },
  });
}
