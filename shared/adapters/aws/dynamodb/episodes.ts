import { createHash } from 'node:crypto';
import { EPISODES_KEPT_MS, type Episode } from '../../../domain/group-record.ts';
import type { Episodes } from '../../../domain/ledger.ts';
import { SORT_KEYS, sortableTime } from './keys.ts';
import {
  bind,
  endOfPrefix,
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

/**
 * Episodes of a group that are younger than 24 hours, oldest first, each once. Throws CallFailed,
 * InputInvalid.
 */
async function readEpisodes(table: Table, groupId: string): Promise<readonly Episode[]> {
  const first = episodeKeyFrom(table.clock.now() - EPISODES_KEPT_MS + 1);
  const query = itemsBetween(groupId, first, endOfPrefix(SORT_KEYS.episode));
  const items: readonly EpisodesItem[] = await queryAll(table, query);
  const all = items.flatMap(({ episodes }): readonly Episode[] => unpack('episodes', episodes));
  return [...new Map(all.map((one) => [[one.changeId, one.what, one.content].join(' '), one])).values()];
}

function digestOf(episodes: readonly Episode[]): string {
  const contents = episodes.map(({ what, content }) => `${what} ${content}`).toSorted();
  return createHash('sha256').update(contents.join('\n')).digest('hex').slice(0, 16);
}

/**
 * Writes one item for one event and group: an event may open a thousand rules, and a repeated event writes
 * the same item.
 */
async function putEpisodes(table: Table, episodes: readonly Episode[]): Promise<void> {
  const [first] = episodes;
  if (first === undefined) return;
  const { groupId, changeId, at } = first;
  await putItem(table, {
    subject: groupId,
    record: `${episodeKeyFrom(at)} ${changeId} ${digestOf(episodes)}`,
    episodes: pack(episodes),
    expiresAt: ttlOf(at + EPISODES_KEPT_MS),
  });
}

/** Records what events opened and closed. Throws CallFailed. */
async function recordEpisodes(table: Table, episodes: readonly Episode[]): Promise<void> {
  const events = Map.groupBy(episodes, ({ groupId, changeId, at }) => [groupId, changeId, at].join(' '));
  await Promise.all([...events.values()].map((together) => putEpisodes(table, together)));
}
