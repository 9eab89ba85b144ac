import type { Message } from '../../domain/notifications/message.ts';
import { cut } from '../compose/listing.ts';

/** A message as JSON, by message.schema.json, with so many lines of each listing at the most and the number of the others. */
export const messageJson = (message: Message, most: number): string =>
  JSON.stringify({
    ...message,
    listings: message.listings.map((listing) => {
      const { omitted, ...shown } = cut(listing, most);
      return omitted > 0 ? { ...shown, omitted } : shown;
    }),
  } satisfies Message);
