import { RECORDS, sortableTime } from '../ledger/keys.ts';

/** Attribute of an item that holds the episodes of one event. */
export const EPISODES = 'episodes';

/** Where a group's episodes of a time (milliseconds since the epoch) begin, and later ones follow. */
export const episodesFrom = (at: number): string => RECORDS.episode + sortableTime(at);
