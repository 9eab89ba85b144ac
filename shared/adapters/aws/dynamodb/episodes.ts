import { createHash } from 'node:crypto';
import { EPISODES_KEPT_MS, type Episode } from '../../../domain/group-record.ts';
import type { Episodes } from '../../../domain/ledger.ts';
import { SORT_KEYS, sortableTime } from './keys.ts';
import {
  bind,
  endOfPrefix,
  type Item,
  itemsBetween,
  type Packed,
  pack,
  putItem,
  queryAll,
  type Table,
  ttlOf,
  unpack,
} from './table.ts';

/** Episodes in the ledger's table, among the other items of their group. */
export function episodesIn(table: Table): Episodes {
  return bind(table, { record: recordEpisodes, of: readEpisodes });
}

/** The item of the episodes that one event caused in one group. */
interface EpisodesItem {
  readonly episodes?: Packed;
}

/** First sort key of episodes at a time (milliseconds since the epoch) or later. */
function episodeKeyFrom(at: number): string {
  return SORT_KEYS.episode + sortableTime(at);
}

/** The episodes among a group's items that are younger than 24 hours, oldest first, each once. Throws InputInvalid. */
export function recentEpisodes(items: readonly Item[], now: number): readonly Episode[] {
  const all: readonly EpisodesItem[] = items;
  const recent = all
    .flatMap(({ episodes }): readonly Episode[] => (episodes === undefined ? [] : unpack('episodes', episodes)))
    .filter(({ at }) => at > now - EPISODES_KEPT_MS)
    .toSorted((a, b) => a.at - b.at);
  return [...new Map(recent.map((one) => [[one.changeId, one.what, one.content].join(' '), one])).values()];
}

async function readEpisodes(table: Table, groupId: string): Promise<readonly Episode[]> {
  const now = table.clock.now();
  const first = episodeKeyFrom(now - EPISODES_KEPT_MS + 1);
  const items = await queryAll(table, itemsBetween(groupId, first, endOfPrefix(SORT_KEYS.episode)));
  return recentEpisodes(items, now);
}

function digestOf(episodes: readonly Episode[]): string {
  const contents = episodes.map(({ what, content }) => `${what} ${content}`).toSorted();
  return createHash('sha256').update(contents.join('\n')).digest('hex').slice(0, 16);
}

/** Writes one item for one event and group: an event may open a thousand rules, and a repeated event writes the same item. */
async function putEpisodes(table: Table, episodes: readonly Episode[]): Promise<void> {
  const [first] = episodes;
  if (first === undefined) return;
  const { groupId, changeId, at } = first;
  await putItem(table, {
    subject: groupId,
    record: `${episodeKeyFrom(at)} ${changeId} ${digestOf(episodes)}`,
    current: 'episode',
    episodes: pack(episodes),
    expiresAt: ttlOf(at + EPISODES_KEPT_MS),
  });
}

/** Records what events opened and closed. Throws CallFailed. */
async function recordEpisodes(table: Table, episodes: readonly Episode[]): Promise<void> {
  const events = Map.groupBy(episodes, ({ groupId, changeId, at }) => [groupId, changeId, at].join(' '));
  await Promise.all([...events.values()].map((together) => putEpisodes(table, together)));
}
