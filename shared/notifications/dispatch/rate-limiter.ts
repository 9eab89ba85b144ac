import { ChannelRefused } from '../../domain/errors.ts';
import type { Clock } from '../../domain/runtime.ts';

/**
 * Time between two messages to one channel, ms.
 *
 * @see https://docs.slack.dev/apis/web-api/rate-limits (chat.postMessage: one a second for each channel)
 */
const INTERVAL_MS = 1000;

/** When each channel may be told next, within one invocation. */
export class RateLimiter {
  readonly #clock: Pick<Clock, 'now' | 'sleep'>;
  readonly #until: number;
  readonly #next = new Map<string, number>();

  /** `until`: milliseconds since the epoch after which nothing is begun any more. */
  constructor(clock: Pick<Clock, 'now' | 'sleep'>, until: number) {
    this.#clock = clock;
    this.#until = until;
  }

  /** Sleeps, where so much time is left (ms). False: there is not. */
  async sleepIfTime(ms: number): Promise<boolean> {
    if (this.#clock.now() + ms > this.#until) return false;
    await this.#clock.sleep(ms);
    return true;
  }

  /** The channel takes nothing for so long, ms. */
  pause(channel: string, ms: number): void {
    this.#next.set(channel, Math.max(this.#turnOf(channel), this.#clock.now() + ms));
  }

  /** Whether the channel's next turn comes in this invocation. */
  hasTime(channel: string): boolean {
    return this.#turnOf(channel) <= this.#until;
  }

  /** Awaits the channel's next turn, and takes it. Throws ChannelRefused, retryable, where it comes too late for this invocation. */
  async waitTurn(channel: string): Promise<void> {
    if (!this.hasTime(channel)) throw new ChannelRefused(channel, 'no_time_left', true);
    const at = this.#turnOf(channel);
    const wait = at - this.#clock.now();
    this.#next.set(channel, at + INTERVAL_MS);
    if (wait > 0) await this.#clock.sleep(wait);
  }

  #turnOf(channel: string): number {
    return Math.max(this.#clock.now(), this.#next.get(channel) ?? 0);
  }
}

/** Tries in one invocation of what fails without a word when to come again; the queue has more. */
const MAX_TRIES = 3;

/** Pause after the first of these failures, doubled by each, ms. */
const PAUSE_MS = 1000;

/** The refusal under the name by which the channel is known here: an adapter knows no names. */
function refusalAs(channel: string, { code, retryable, retryAfterMs }: ChannelRefused): ChannelRefused {
  return new ChannelRefused(channel, code, retryable, retryAfterMs);
}

/**
 * Sends in the channel's turn, and again after a failure that may pass: when the channel said that it takes more, or after 1 and 2 s.
 * Where that is later than the invocation can wait, the queue brings the message again. Throws ChannelRefused.
 */
export async function sendWithRetry<T>(rateLimiter: RateLimiter, channel: string, send: () => Promise<T>): Promise<T> {
  await rateLimiter.waitTurn(channel);
  for (let tries = 1; ; ) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof ChannelRefused)) throw error;
      const refusal = refusalAs(channel, error);
      if (!refusal.retryable || tries === MAX_TRIES) throw refusal;
      rateLimiter.pause(channel, refusal.retryAfterMs ?? PAUSE_MS * 2 ** (tries - 1));
      if (!rateLimiter.hasTime(channel)) throw refusal;
      if (refusal.retryAfterMs === undefined) tries += 1;
    }
    await rateLimiter.waitTurn(channel);
  }
}
