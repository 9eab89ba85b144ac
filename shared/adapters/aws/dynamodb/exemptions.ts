import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Exemption } from '../../../domain/exemption.ts';
import type { Exemptions } from '../../../domain/ledger.ts';
import { ACCOUNT, EXEMPTIONS_PARTITION, fitsSortKey, itemKey, LEDGER_TABLE, SORT_KEYS } from './keys.ts';
import { exemptionKeptUntil } from './ledger/items.ts';
import {
  getItem,
  type Item,
  inIndex,
  isAlive,
  itemsUnder,
  numberAttribute,
  pack,
  packedText,
  queryAll,
  type Table,
  ttlAttribute,
  unlessConditionFailed,
} from './table.ts';

const [whole] = LEDGER_TABLE.history.carries;

/** Attributes of an exemption's item: all of it, and what is asked about. */
const EXEMPTION = { whole, at: 'at', until: 'until', ended: 'ended' } as const;

/** The exemption that an item holds. Throws InputInvalid. */
function exemptionOf(item: Item): Exemption {
  const exemption: Exemption = JSON.parse(packedText(EXEMPTION.whole, item[EXEMPTION.whole]));
  return exemption;
}

/** Exemptions in the ledger's table. */
export function exemptionsIn(table: Table): Exemptions {
  return {
    active: async (groupIds) => await live(table, groupIds),
    all: async () => await all(table),
    find: async (id) => await find(table, id),
    put: async (exemption) => await put(table, exemption),
  };
}

/** A partition's exemptions that hold now. What is over is kept for long, so DynamoDB leaves it out. */
async function liveInPartition(table: Table, subject: string): Promise<readonly Exemption[]> {
  const all = itemsUnder(subject, SORT_KEYS.exemption);
  const items = await queryAll(table, {
    ...all,
    FilterExpression: '#at <= :now AND #until > :now AND attribute_not_exists(#ended)',
    ExpressionAttributeNames: {
      ...all.ExpressionAttributeNames,
      '#at': EXEMPTION.at,
      '#until': EXEMPTION.until,
      '#ended': EXEMPTION.ended,
    },
    ExpressionAttributeValues: { ...all.ExpressionAttributeValues, ':now': numberAttribute(table.clock.now()) },
  });
  return items.map(exemptionOf);
}

/** Exemptions about these groups and about every group that hold now, consistent with every write before. Throws CallFailed, InputInvalid. */
async function live(table: Table, groupIds: readonly string[]): Promise<readonly Exemption[]> {
  const subjects = [...new Set([ACCOUNT, ...groupIds])];
  return (await Promise.all(subjects.map((subject) => liveInPartition(table, subject)))).flat();
}

/** Every exemption that has not been over for 400 days, newest first; the index follows within a second or so. Throws CallFailed, InputInvalid. */
async function all(table: Table): Promise<readonly Exemption[]> {
  const items = await queryAll(table, inIndex(LEDGER_TABLE.history, EXEMPTIONS_PARTITION));
  const now = table.clock.now();
  return items
    .map(exemptionOf)
    .filter((one) => exemptionKeptUntil(one) > now)
    .toSorted((a, b) => b.at - a.at);
}

const { history, partitionKey, sortKey } = LEDGER_TABLE;

/** One exemption as it is now. The index that leads to it has a new one within a second or so. Throws CallFailed, InputInvalid. */
async function find(table: Table, id: string): Promise<Exemption | undefined> {
  if (!fitsSortKey(id)) return undefined;
  const chapter = inIndex(history, EXEMPTIONS_PARTITION);
  const [pointer] = await queryAll(table, {
    ...chapter,
    KeyConditionExpression: `${chapter.KeyConditionExpression} AND #id = :id`,
    ExpressionAttributeNames: { ...chapter.ExpressionAttributeNames, '#id': history.sortKey },
    ExpressionAttributeValues: { ...chapter.ExpressionAttributeValues, ':id': { S: id } },
  });
  if (pointer === undefined) return undefined;
  const item = await getItem(table, itemKey(pointer[partitionKey]?.S ?? '', pointer[sortKey]?.S ?? ''));
  return item !== undefined && isAlive(item, table) ? exemptionOf(item) : undefined;
}

/**
 * Writes an exemption beside its group's other items, or over itself: its id and its group stay what they were. One that has ended is not
 * revived by whoever still knows it as live. Throws CallFailed.
 */
async function put(table: Table, exemption: Exemption): Promise<void> {
  const { id, scope, at, until, ended } = exemption;
  const command = new PutItemCommand({
    TableName: table.name,
    Item: {
      ...itemKey(scope.groupId ?? ACCOUNT, SORT_KEYS.exemption + id),
      [LEDGER_TABLE.history.partitionKey]: { S: EXEMPTIONS_PARTITION },
      [LEDGER_TABLE.history.sortKey]: { S: id },
      [LEDGER_TABLE.ttl]: ttlAttribute(exemptionKeptUntil(exemption)),
      [EXEMPTION.whole]: pack(exemption),
      [EXEMPTION.at]: numberAttribute(at),
      [EXEMPTION.until]: numberAttribute(until),
      ...(ended && { [EXEMPTION.ended]: numberAttribute(ended.at) }),
    },
    ...(ended === undefined && {
      ConditionExpression: 'attribute_not_exists(#ended)',
      ExpressionAttributeNames: { '#ended': EXEMPTION.ended },
    }),
  });
  await unlessConditionFailed('PutItem', table.dynamoDb.send(command));
}
