import { ChannelRefused } from '../../domain/errors.ts';
import type { Clock } from '../../domain/runtime.ts';

/** Spaces the requests to each channel within one invocation. */
export class RateLimiter {
  readonly #clock: Pick<Clock, 'now' | 'sleep'>;
  readonly #until: number;
  readonly #next = new Map<string, number>();

  /** @param until no request starts after this time, milliseconds since the epoch. */
  constructor(clock: Pick<Clock, 'now' | 'sleep'>, until: number) {
    this.#clock = clock;
    this.#until = until;
  }

  /** Sleeps if the invocation has that much time left; false if it has not. */
  async sleepIfTime(ms: number): Promise<boolean> {
    if (this.#clock.now() + ms > this.#until) return false;
    await this.#clock.sleep(ms);
    return true;
  }

  /** Sends nothing to a channel for a time. */
  pause(channel: string, ms: number): void {
    this.#next.set(channel, Math.max(this.#turnOf(channel), this.#clock.now() + ms));
  }

  /** Whether the invocation still has time for the channel's next request. */
  hasTime(channel: string): boolean {
    return this.#turnOf(channel) <= this.#until;
  }

  /**
   * Waits until the channel accepts its next request.
   *
   * @param intervalMs time until the request after that.
   * @throws ChannelRefused (retryable) if that is too late for this invocation.
   */
  async waitTurn(channel: string, intervalMs: number): Promise<void> {
    if (!this.hasTime(channel)) throw new ChannelRefused(channel, 'no_time_left', true);
    const at = this.#turnOf(channel);
    const wait = at - this.#clock.now();
    this.#next.set(channel, at + intervalMs);
    if (wait > 0) await this.#clock.sleep(wait);
  }

  #turnOf(channel: string): number {
    return Math.max(this.#clock.now(), this.#next.get(channel) ?? 0);
  }
}

/** Most tries in one invocation for failures without a `Retry-After`; the queue retries later. */
const MAX_TRIES = 3;

/** Pause after the first of these failures, ms; each further failure doubles it. */
const PAUSE_MS = 1000;

/**
 * Sends at the channel's rate. Retries a temporary failure after the time that the channel names, or after 1
 * and 2 s. If the invocation has no time for that, the queue delivers the message again.
 *
 * @param channel the name that a refusal gets, because an API client does not know it.
 * @throws ChannelRefused.
 */
export async function sendWithRetry<T>(
  rateLimiter: RateLimiter,
  { channel, intervalMs }: { readonly channel: string; readonly intervalMs: number },
  send: () => Promise<T>,
): Promise<T> {
  await rateLimiter.waitTurn(channel, intervalMs);
  for (let tries = 1; ; ) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof ChannelRefused)) throw error;
      const { code, retryable, retryAfterMs } = error;
      const refusal = new ChannelRefused(channel, code, retryable, retryAfterMs);
      if (!retryable || tries === MAX_TRIES) throw refusal;
      rateLimiter.pause(channel, retryAfterMs ?? PAUSE_MS * 2 ** (tries - 1));
      if (!rateLimiter.hasTime(channel)) throw refusal;
      if (retryAfterMs === undefined) tries += 1;
    }
    await rateLimiter.waitTurn(channel, intervalMs);
  }
}
