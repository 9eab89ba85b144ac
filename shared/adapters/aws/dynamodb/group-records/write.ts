import { type AttributeValue, UpdateItemCommand, type UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { type GroupRecords, RECORD_KEPT_MS, type Recheck, type RecordChange } from '../../../../domain/group-record.ts';
import { numeric, seconds, type Table, unlessRefused } from '../ledger/item.ts';
import { LEDGER_TABLE } from '../ledger/table.ts';
import { elementOf, GROUP_RECORD, RECHECK, recordKey } from './item.ts';

const { since, addedAt, contents, region, account, hold } = GROUP_RECORD;
const { due, ttl } = LEDGER_TABLE;

type Update = Omit<UpdateItemCommandInput, 'TableName' | 'Key'>;

/** Whether the write was made: a condition that does not hold changes nothing. Throws CallFailed. */
const update = async (table: Table, groupId: string, input: Update): Promise<boolean> => {
  const command = new UpdateItemCommand({ TableName: table.name, Key: recordKey(groupId), ...input });
  return (await unlessRefused('UpdateItem', table.dynamoDb.send(command))) !== undefined;
};

const keptUntil = ({ clock }: Table): AttributeValue => seconds(clock.now() + RECORD_KEPT_MS);

/** Writes the first contents. They are merged with contents that others have added meanwhile. Throws CallFailed. */
export async function begin(table: Table, first: Parameters<GroupRecords['begin']>[0]): Promise<void> {
  const isEmpty = first.contents.length === 0;
  await update(table, first.groupId, {
    UpdateExpression: `SET #since = :since, #ttl = :ttl${isEmpty ? '' : ' ADD #contents :contents'}`,
    ConditionExpression: 'attribute_not_exists(#since) OR #ttl <= :now',
    ExpressionAttributeNames: { '#since': since, '#ttl': ttl, ...(!isEmpty && { '#contents': contents }) },
    ExpressionAttributeValues: {
      ':since': numeric(first.since),
      ':ttl': keptUntil(table),
      ':now': seconds(table.clock.now()),
      ...(!isEmpty && { ':contents': { SS: [...new Set(first.contents)] } }),
    },
  });
}

/** Elements for the sets of a record; sets without any are left out, since DynamoDB knows no empty set. */
type Elements = readonly (readonly [name: string, elements: readonly string[]])[];

const elementsOf = (some: readonly string[] = [], notes: RecordChange['remember'] = {}): Elements =>
  [
    [contents, [...new Set(some)]] as const,
    [GROUP_RECORD.ours, [...new Set((notes.ours ?? []).map(elementOf.ours))]] as const,
    [GROUP_RECORD.told, [...new Set((notes.told ?? []).map(elementOf.told))]] as const,
    [GROUP_RECORD.open, [...new Set((notes.open ?? []).map(elementOf.open))]] as const,
  ].filter(([, elements]) => elements.length > 0);

const namesOf = (sets: Elements) => Object.fromEntries(sets.map(([name]) => [`#${name}`, name]));

const valuesOf = (sets: Elements) => Object.fromEntries(sets.map(([name, all]) => [`:${name}`, { SS: [...all] }]));

const clauseOf = (sets: Elements): string => sets.map(([name]) => `#${name} :${name}`).join(', ');

/** Adds to the sets and takes from others, or renews the record where there is nothing to change. */
const adding = async (table: Table, groupId: string, more: Elements, less: Elements = []): Promise<void> => {
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
      ...(isOfContents && { ':addedAt': numeric(table.clock.now()) }),
      ...valuesOf([...more, ...less]),
    },
  });
};

/** Takes from the sets of a record that is there. */
const removing = async (
  table: Table,
  groupId: string,
  sets: Elements,
  unlessAddedSince: number | undefined,
): Promise<void> => {
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
    ExpressionAttributeValues: { ...valuesOf(sets), ...(isGuarded && { ':limit': numeric(unlessAddedSince) }) },
  });
};

/** Whether one request may do both: it cannot add to a set that it takes from. */
const areApart = (less: Elements, more: Elements): boolean =>
  new Set(less.map(([name]) => name)).isDisjointFrom(new Set(more.map(([name]) => name)));

/** Merges a change into a record, by one request where that is possible; else what is taken away goes first. Throws CallFailed. */
export async function change(table: Table, groupId: string, parts: RecordChange): Promise<void> {
  const less = elementsOf(parts.remove, parts.forget);
  const more = elementsOf(parts.add, parts.remember);
  const isGuarded = parts.unlessAddedSince !== undefined;
  if (more.length > 0 && !isGuarded && areApart(less, more)) return await adding(table, groupId, more, less);
  if (less.length > 0) await removing(table, groupId, less, parts.unlessAddedSince);
  if (more.length > 0 || less.length === 0) await adding(table, groupId, more);
}

/** A limit holds whichever time stands. */
const holding = async (table: Table, groupId: string): Promise<void> => {
  await update(table, groupId, {
    UpdateExpression: 'SET #hold = :hold',
    ConditionExpression: 'attribute_exists(#due)',
    ExpressionAttributeNames: { '#due': due.sortKey, '#hold': hold },
    ExpressionAttributeValues: { ':hold': { BOOL: true } },
  });
};

/**
 * Makes a group due. An earlier time stands, unless it is past: that one may be under way already, and the snapshot which it takes may be
 * older than what this one is for. It is replaced by a time that the next tick of the schedule finds.
 */
export async function lookAgain(table: Table, groupId: string, recheck: Recheck): Promise<void> {
  const setting = (at: number, condition: string): Update => ({
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
      ':at': numeric(at),
      ':region': { S: recheck.region },
      ':account': { S: recheck.account },
      ':ttl': keptUntil(table),
      ...(recheck.hold && { ':hold': { BOOL: true } }),
      ...(condition.includes(':now') && { ':now': numeric(table.clock.now()) }),
    },
  });
  const isSet = await update(table, groupId, setting(recheck.at, 'attribute_not_exists(#due) OR #due > :at'));
  if (isSet) return;
  await update(table, groupId, setting(table.clock.now(), '#due < :now'));
  if (recheck.hold) await holding(table, groupId);
}

/** Forgets that a group is due, unless it has been made due at another time since. Throws CallFailed. */
export async function lookedAt(table: Table, groupId: string, { at }: Recheck): Promise<void> {
  await update(table, groupId, {
    UpdateExpression: 'REMOVE #as, #due, #hold',
    ConditionExpression: '#due = :at',
    ExpressionAttributeNames: { '#as': due.partitionKey, '#due': due.sortKey, '#hold': hold },
    ExpressionAttributeValues: { ':at': numeric(at) },
  });
}
