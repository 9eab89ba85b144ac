import { ChannelRefused } from '../../domain/errors.ts';
import type { Pace } from './pace.ts';

/** Tries in one invocation of what fails without a word when to come again; the queue has more. */
const MOST_TRIES = 3;

/** Pause after the first of these failures, doubled by each, ms. */
const PAUSE_MS = 1000;

/** The refusal under the name by which the channel is known here: an adapter knows no names. */
const asOf = (channel: string, { code, retryable, retryAfterMs }: ChannelRefused): ChannelRefused =>
  new ChannelRefused(channel, code, retryable, retryAfterMs);

/**
 * Sends in the channel's turn, and again after a failure that may pass: when the channel said that it takes more, or after 1 and 2 s.
 * Where that is later than the invocation can wait, the queue brings the message again. Throws ChannelRefused.
 */
export const attempt = async <T>(pace: Pace, channel: string, send: () => Promise<T>): Promise<T> => {
  await pace.turn(channel);
  for (let tries = 1; ; ) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof ChannelRefused)) throw error;
      const refusal = asOf(channel, error);
      if (!refusal.retryable || tries === MOST_TRIES) throw refusal;
      pace.hold(channel, refusal.retryAfterMs ?? PAUSE_MS * 2 ** (tries - 1));
      if (!pace.isOpen(channel)) throw refusal;
      if (refusal.retryAfterMs === undefined) tries += 1;
    }
    await pace.turn(channel);
  }
};
