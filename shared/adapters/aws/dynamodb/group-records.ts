import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
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
import { call } from '../call.ts';
import { chunks } from '../paging.ts';
import type { BudgetTable } from './budget.ts';
import { itemKey, LEDGER_TABLE, SORT_KEYS } from './keys.ts';
import {
  dueBy,
  type Item,
  isAlive,
  numberAttribute,
  numberOf,
  queryAll,
  type Table,
  ttlAttribute,
  unlessConditionFailed,
} from './table.ts';

/** What records are in the index of what is due. */
const RECHECK = 'recheck';

/** Attributes of a group's record beside the keys. Each of the four sets is a string set, so that parallel writes are merged. */
const GROUP_RECORD = {
  since: 'since',
  addedAt: 'addedAt',
  contents: 'contents',
  ours: 'ours',
  told: 'told',
  open: 'open',
  region: 'region',
  account: 'account',
  hold: 'hold',
} as const;

/** Primary key of a group's record: in the partition of the group's other items. */
function recordKey(groupId: string) {
  return itemKey(groupId, SORT_KEYS.groupRecord);
}

/** Elements of the sets, as text: fields parted by blanks, the content last, since it has blanks of its own. */
const textOf = {
  ours: ({ at, what, ruleId, content }: OwnChange): string => `${at} ${what} ${ruleId} ${content}`,
  told: ({ at, mode, ruleId, content }: NotifiedRule): string => `${at} ${mode} ${ruleId} ${content}`,
  open: ({ at, caseId, planId }: OpenCase): string => `${at} ${caseId} ${planId}`,
} as const;

/** The first fields of an element, and all that follows on them. */
function fieldsOf(element: string): readonly [at: number, second: string, third: string, rest: string] {
  const [at = '', second = '', third = '', ...rest] = element.split(' ');
  return [Number(at), second, third, rest.join(' ')];
}

function ownChange(element: string): OwnChange {
  const [at, what, ruleId, content] = fieldsOf(element);
  return { at, what: what === 'granted' ? 'granted' : 'removed', ruleId, content };
}

function toldRule(element: string): NotifiedRule {
  const [at, mode, ruleId, content] = fieldsOf(element);
  return { at, mode: mode === 'approve' ? 'approve' : 'alert', ruleId, content };
}

function openCase(element: string): OpenCase {
  const [at, caseId, planId] = fieldsOf(element);
  return { at, caseId, planId };
}

function textsIn(item: Item, name: 'contents' | 'ours' | 'told' | 'open'): readonly string[] {
  return item[GROUP_RECORD[name]]?.SS ?? [];
}

function recheckOf(item: Item): Recheck | undefined {
  const at = numberOf(item[LEDGER_TABLE.due.sortKey]);
  if (at === undefined) return undefined;
  const { region, account, hold } = GROUP_RECORD;
  return {
    at,
    region: item[region]?.S ?? '',
    account: item[account]?.S ?? '',
    ...(item[hold]?.BOOL === true && { hold: true as const }),
  };
}

/** A record out of its item. */
function groupRecordOf(item: Item): GroupRecord {
  const since = numberOf(item[GROUP_RECORD.since]);
  const recheck = recheckOf(item);
  return {
    groupId: item[LEDGER_TABLE.partitionKey]?.S ?? '',
    ...(since !== undefined && { since }),
    contents: new Set(textsIn(item, 'contents')),
    ownChanges: textsIn(item, 'ours').map(ownChange),
    notified: textsIn(item, 'told').map(toldRule),
    openCases: textsIn(item, 'open').map(openCase),
    ...(recheck && { recheck }),
    keptUntil: Number(item[LEDGER_TABLE.ttl]?.N ?? Number.POSITIVE_INFINITY) * 1000,
  };
}

/** Group records in the ledger's table, one item each, among the other items of their group. */
export function groupRecordsIn(table: BudgetTable): GroupRecords {
  return {
    get: async (groupIds) => await readRecords(table, groupIds),
    begin: async (first) => await beginRecord(table, first),
    change: async (groupId, parts) => await changeRecord(table, groupId, parts),
    scheduleRecheck: async (groupId, recheck) => await scheduleRecheck(table, groupId, recheck),
    dueForRecheck: async () => await dueRecords(table),
    completeRecheck: async (groupId, recheck) => await clearRecheck(table, groupId, recheck),
  };
}

/** Keys of one request. @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const KEYS_PER_REQUEST = 100;

/** Pauses before keys that DynamoDB left out of its answer are asked for again, ms. */
const PAUSES = [50, 200, 800, 2000] as const;

type ItemKeys = readonly Record<string, AttributeValue>[];

function unprocessedKeys({ UnprocessedKeys }: BatchGetItemCommandOutput, { name }: BudgetTable): ItemKeys {
  return UnprocessedKeys?.[name]?.Keys ?? [];
}

/** DynamoDB answers at most 16 MB, and less where it is throttled: what it leaves out is asked for again. Throws CallFailed. */
async function batchGet(table: BudgetTable, all: ItemKeys): Promise<readonly Item[]> {
  const items: Item[] = [];
  let keys = all;
  for (let round = 0; keys.length > 0; round += 1) {
    const pause = PAUSES[round - 1];
    if (round > 0 && pause === undefined)
      throw new CallFailed(
        'BatchGetItem',
        'UnprocessedKeys',
        true,
        `${keys.length} of ${all.length} keys were left out`,
      );
    if (pause !== undefined) await table.clock.sleep(pause);
    const command = new BatchGetItemCommand({
      RequestItems: { [table.name]: { Keys: [...keys], ConsistentRead: true } },
    });
    const answer = await call('BatchGetItem', table.dynamoDb.send(command));
    items.push(...(answer.Responses?.[table.name] ?? []));
    keys = unprocessedKeys(answer, table);
  }
  return items;
}

/** The records of some groups, by group. Throws CallFailed. */
async function readRecords(table: BudgetTable, groupIds: readonly string[]): Promise<ReadonlyMap<string, GroupRecord>> {
  const parts = chunks([...new Set(groupIds)], KEYS_PER_REQUEST);
  const found = await Promise.all(parts.map((ids) => batchGet(table, ids.map(recordKey))));
  const records = found
    .flat()
    .filter((item) => isAlive(item, table))
    .map(groupRecordOf);
  return new Map(records.map((record) => [record.groupId, record]));
}

/** Records of the groups that are due to be looked at again, as they are now: the index may lag. Throws CallFailed. */
async function dueRecords(table: BudgetTable): Promise<readonly GroupRecord[]> {
  const now = table.clock.now();
  const pointers = await queryAll(table, dueBy(RECHECK, now));
  const ids = pointers.flatMap((item) => item[LEDGER_TABLE.partitionKey]?.S ?? []);
  const records = await readRecords(table, ids);
  return [...records.values()].filter(({ recheck }) => recheck !== undefined && recheck.at <= now);
}

const { since, addedAt, contents, region, account, hold } = GROUP_RECORD;
const { due, ttl } = LEDGER_TABLE;

type UpdateInput = Omit<UpdateItemCommandInput, 'TableName' | 'Key'>;

/** Whether the write was made: a condition that does not hold changes nothing. Throws CallFailed. */
async function update(table: Table, groupId: string, input: UpdateInput): Promise<boolean> {
  const command = new UpdateItemCommand({ TableName: table.name, Key: recordKey(groupId), ...input });
  return (await unlessConditionFailed('UpdateItem', table.dynamoDb.send(command))) !== undefined;
}

function keptUntil({ clock }: Table): AttributeValue {
  return ttlAttribute(clock.now() + RECORD_KEPT_MS);
}

/** Writes the first contents. They are merged with contents that others have added meanwhile. Throws CallFailed. */
async function beginRecord(table: Table, first: Parameters<GroupRecords['begin']>[0]): Promise<void> {
  const isEmpty = first.contents.length === 0;
  await update(table, first.groupId, {
    UpdateExpression: `SET #since = :since, #ttl = :ttl${isEmpty ? '' : ' ADD #contents :contents'}`,
    ConditionExpression: 'attribute_not_exists(#since) OR #ttl <= :now',
    ExpressionAttributeNames: { '#since': since, '#ttl': ttl, ...(!isEmpty && { '#contents': contents }) },
    ExpressionAttributeValues: {
      ':since': numberAttribute(first.since),
      ':ttl': keptUntil(table),
      ':now': ttlAttribute(table.clock.now()),
      ...(!isEmpty && { ':contents': { SS: [...new Set(first.contents)] } }),
    },
  });
}

/** Elements for the sets of a record; sets without any are left out, since DynamoDB knows no empty set. */
type SetElements = readonly (readonly [name: string, elements: readonly string[]])[];

function elementsOf(some: readonly string[] = [], notes: RecordChange['remember'] = {}): SetElements {
  return [
    [contents, [...new Set(some)]] as const,
    [GROUP_RECORD.ours, [...new Set((notes.ownChanges ?? []).map(textOf.ours))]] as const,
    [GROUP_RECORD.told, [...new Set((notes.notified ?? []).map(textOf.told))]] as const,
    [GROUP_RECORD.open, [...new Set((notes.openCases ?? []).map(textOf.open))]] as const,
  ].filter(([, elements]) => elements.length > 0);
}

function namesOf(sets: SetElements) {
  return Object.fromEntries(sets.map(([name]) => [`#${name}`, name]));
}

function valuesOf(sets: SetElements) {
  return Object.fromEntries(sets.map(([name, all]) => [`:${name}`, { SS: [...all] }]));
}

function clauseOf(sets: SetElements): string {
  return sets.map(([name]) => `#${name} :${name}`).join(', ');
}

/** Adds to the sets and takes from others, or renews the record where there is nothing to change. */
async function addTo(table: Table, groupId: string, more: SetElements, less: SetElements = []): Promise<void> {
  const isOfContents = more.some(([name]) => name === contents);
  const clauses = [
    `SET #ttl = :ttl${isOfContents ? ', #addedAt = :addedAt' : ''}`,
    ...(more.length > 0 ? [`ADD ${clauseOf(more)}`] : []),
    ...(less.length > 0 ? [`DELETE ${clauseOf(less)}`] : []),
  ];
  await update(table, groupId, {
    UpdateExpression: clauses.join(' '),
    ExpressionAttributeNames: {
      '#ttl': ttl,
      ...(isOfContents && { '#addedAt': addedAt }),
      ...namesOf([...more, ...less]),
    },
    ExpressionAttributeValues: {
      ':ttl': keptUntil(table),
      ...(isOfContents && { ':addedAt': numberAttribute(table.clock.now()) }),
      ...valuesOf([...more, ...less]),
    },
  });
}

/** Takes from the sets of a record that is there. */
async function removeFrom(
  table: Table,
  groupId: string,
  sets: SetElements,
  unlessAddedSince: number | undefined,
): Promise<void> {
  const isGuarded = unlessAddedSince !== undefined;
  const guard = isGuarded ? ' AND (attribute_not_exists(#addedAt) OR #addedAt <= :limit)' : '';
  await update(table, groupId, {
    UpdateExpression: `DELETE ${clauseOf(sets)}`,
    ConditionExpression: `attribute_exists(#key)${guard}`,
    ExpressionAttributeNames: {
      '#key': LEDGER_TABLE.sortKey,
      ...(isGuarded && { '#addedAt': addedAt }),
      ...namesOf(sets),
    },
    ExpressionAttributeValues: { ...valuesOf(sets), ...(isGuarded && { ':limit': numberAttribute(unlessAddedSince) }) },
  });
}

/** Whether one request may do both: it cannot add to a set that it takes from. */
function areApart(less: SetElements, more: SetElements): boolean {
  return new Set(less.map(([name]) => name)).isDisjointFrom(new Set(more.map(([name]) => name)));
}

/** Merges a change into a record, by one request where that is possible; else what is taken away goes first. Throws CallFailed. */
async function changeRecord(table: Table, groupId: string, parts: RecordChange): Promise<void> {
  const less = elementsOf(parts.remove, parts.forget);
  const more = elementsOf(parts.add, parts.remember);
  const isGuarded = parts.unlessAddedSince !== undefined;
  if (more.length > 0 && !isGuarded && areApart(less, more)) return await addTo(table, groupId, more, less);
  if (less.length > 0) await removeFrom(table, groupId, less, parts.unlessAddedSince);
  if (more.length > 0 || less.length === 0) await addTo(table, groupId, more);
}

/** A limit holds whichever time stands. */
async function setHold(table: Table, groupId: string): Promise<void> {
  await update(table, groupId, {
    UpdateExpression: 'SET #hold = :hold',
    ConditionExpression: 'attribute_exists(#due)',
    ExpressionAttributeNames: { '#due': due.sortKey, '#hold': hold },
    ExpressionAttributeValues: { ':hold': { BOOL: true } },
  });
}

/**
 * Makes a group due. An earlier time stands, unless it is past: that one may be under way already, and the snapshot which it takes may be
 * older than what this one is for. It is replaced by a time that the next tick of the schedule finds.
 */
async function scheduleRecheck(table: Table, groupId: string, recheck: Recheck): Promise<void> {
  const setting = (at: number, condition: string): UpdateInput => ({
    UpdateExpression: `SET #as = :as, #due = :at, #region = :region, #account = :account, #ttl = :ttl${recheck.hold ? ', #hold = :hold' : ''}`,
    ConditionExpression: condition,
    ExpressionAttributeNames: {
      '#as': due.partitionKey,
      '#due': due.sortKey,
      '#region': region,
      '#account': account,
      '#ttl': ttl,
      ...(recheck.hold && { '#hold': hold }),
    },
    ExpressionAttributeValues: {
      ':as': { S: RECHECK },
      ':at': numberAttribute(at),
      ':region': { S: recheck.region },
      ':account': { S: recheck.account },
      ':ttl': keptUntil(table),
      ...(recheck.hold && { ':hold': { BOOL: true } }),
      ...(condition.includes(':now') && { ':now': numberAttribute(table.clock.now()) }),
    },
  });
  const isSet = await update(table, groupId, setting(recheck.at, 'attribute_not_exists(#due) OR #due > :at'));
  if (isSet) return;
  await update(table, groupId, setting(table.clock.now(), '#due < :now'));
  if (recheck.hold) await setHold(table, groupId);
}

/** Forgets that a group is due, unless it has been made due at another time since. Throws CallFailed. */
async function clearRecheck(table: Table, groupId: string, { at }: Recheck): Promise<void> {
  await update(table, groupId, {
    UpdateExpression: 'REMOVE #as, #due, #hold',
    ConditionExpression: '#due = :at',
    ExpressionAttributeNames: { '#as': due.partitionKey, '#due': due.sortKey, '#hold': hold },
    ExpressionAttributeValues: { ':at': numberAttribute(at) },
  });
}
