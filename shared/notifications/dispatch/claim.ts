import { CallFailed, ChannelRefused } from '../../domain/errors.ts';
import type { Claim } from '../../domain/notifications/delivery.ts';
import type { Message } from '../../domain/notifications/message.ts';
import type { Lane } from './cell.ts';

/** Pauses before a thread that another invocation is at is asked for again: about what a post and an edit take, ms. */
const BUSY_PAUSES_MS = [500, 1000, 2000, 4000];

/** Pauses before a note is written again, ms, after the SDK's own. */
const NOTE_PAUSES_MS = [1000, 2000, 4000];

/** Claims a message for a channel, and waits a while for whoever is at its thread. Throws CallFailed, ChannelRefused, retryable, where that is too long. */
export const claimed = async (
  { ports, pace, owner }: Lane,
  channel: string,
  message: Message,
): Promise<Exclude<Claim, { readonly kind: 'busy' }>> => {
  for (const pause of [...BUSY_PAUSES_MS, undefined]) {
    const claim = await ports.deliveries.claim(channel, message, owner);
    if (claim.kind !== 'busy') return claim;
    if (pause === undefined || !(await pace.rest(pause))) break;
  }
  throw new ChannelRefused(channel, 'busy', true);
};

/**
 * Notes what the channel has by now. While it is not noted, another delivery of the same message would post it a second time: so a
 * failure that may pass is outwaited as long as the invocation can. Throws CallFailed.
 */
export const noted = async ({ pace }: Lane, note: () => Promise<void>): Promise<void> => {
  for (const pause of [...NOTE_PAUSES_MS, undefined]) {
    try {
      return await note();
    } catch (error) {
      const mayPass = error instanceof CallFailed && error.retryable;
      if (!mayPass || pause === undefined || !(await pace.rest(pause))) throw error;
    }
  }
};
