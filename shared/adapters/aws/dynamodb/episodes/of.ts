import { EPISODES_KEPT_MS, type Episode } from '../../../../domain/episode.ts';
import type { Item, Table } from '../ledger/item.ts';
import { RECORDS } from '../ledger/keys.ts';
import { packedText } from '../ledger/pack.ts';
import { itemsOf, lastUnder, recordsBetween } from '../ledger/query.ts';
import { EPISODES, episodesFrom } from './item.ts';

const unpacked = (item: Item): readonly Episode[] => {
  const episodes: readonly Episode[] = JSON.parse(packedText(EPISODES, item[EPISODES]));
  return episodes;
};

const keyOf = ({ changeId, what, content }: Episode): string => [changeId, what, content].join(' ');

/** A group's episodes of the last 24 hours, oldest first, each once. Throws CallFailed, InputInvalid. */
export const of = async (table: Table, groupId: string): Promise<readonly Episode[]> => {
  const first = episodesFrom(table.clock.now() - EPISODES_KEPT_MS + 1);
  const recent = recordsBetween(groupId, first, lastUnder(RECORDS.episode));
  const episodes = (await itemsOf(table, recent)).flatMap(unpacked);
  return [...new Map(episodes.map((one) => [keyOf(one), one])).values()];
};
