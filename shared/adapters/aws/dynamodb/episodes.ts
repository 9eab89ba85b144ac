import { createHash } from 'node:crypto';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { EPISODES_KEPT_MS, type Episode } from '../../../domain/group-record.ts';
import type { Episodes } from '../../../domain/ledger.ts';
import { call } from '../call.ts';
import { itemKey, LEDGER_TABLE, SORT_KEYS, sortableTime } from './keys.ts';
import { endOfPrefix, type Item, itemsBetween, pack, packedText, queryAll, type Table, ttlAttribute } from './table.ts';

/** Attribute of an item that holds the episodes of one event. */
const EPISODES = 'episodes';

/** Where a group's episodes of a time (milliseconds since the epoch) begin, and later ones follow. */
function episodeKeyFrom(at: number): string {
  return SORT_KEYS.episode + sortableTime(at);
}

/** Episodes in the ledger's table, among the other items of their group. */
export function episodesIn(table: Table): Episodes {
  return {
    record: async (episodes) => await recordEpisodes(table, episodes),
    of: async (groupId) => await recentEpisodes(table, groupId),
  };
}

function digestOf(episodes: readonly Episode[]): string {
  const contents = episodes.map(({ what, content }) => `${what} ${content}`).toSorted();
  return createHash('sha256').update(contents.join('\n')).digest('hex').slice(0, 16);
}

/** One item for what one event told of one group: an event may open a thousand rules, and the same event comes to the same item. */
async function writeEvent(table: Table, together: readonly Episode[]): Promise<void> {
  const [first] = together;
  if (first === undefined) return;
  const { groupId, changeId, at } = first;
  const command = new PutItemCommand({
    TableName: table.name,
    Item: {
      ...itemKey(groupId, `${episodeKeyFrom(at)} ${changeId} ${digestOf(together)}`),
      [EPISODES]: pack(together),
      [LEDGER_TABLE.ttl]: ttlAttribute(at + EPISODES_KEPT_MS),
    },
  });
  await call('PutItem', table.dynamoDb.send(command));
}

/** Records what events told. Throws CallFailed. */
async function recordEpisodes(table: Table, episodes: readonly Episode[]): Promise<void> {
  const events = Map.groupBy(episodes, ({ groupId, changeId, at }) => [groupId, changeId, at].join(' '));
  await Promise.all([...events.values()].map((together) => writeEvent(table, together)));
}

function episodesOf(item: Item): readonly Episode[] {
  const episodes: readonly Episode[] = JSON.parse(packedText(EPISODES, item[EPISODES]));
  return episodes;
}

function keyOf({ changeId, what, content }: Episode): string {
  return [changeId, what, content].join(' ');
}

/** A group's episodes of the last 24 hours, oldest first, each once. Throws CallFailed, InputInvalid. */
async function recentEpisodes(table: Table, groupId: string): Promise<readonly Episode[]> {
  const first = episodeKeyFrom(table.clock.now() - EPISODES_KEPT_MS + 1);
  const recent = itemsBetween(groupId, first, endOfPrefix(SORT_KEYS.episode));
  const episodes = (await queryAll(table, recent)).flatMap(episodesOf);
  return [...new Map(episodes.map((one) => [keyOf(one), one])).values()];
}
