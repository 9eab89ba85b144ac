import { ChannelRefused } from '../../domain/errors.ts';
import type { Clock } from '../../domain/ports.ts';

/**
 * Time between two messages to one channel, ms.
 *
 * @see https://docs.slack.dev/apis/web-api/rate-limits (chat.postMessage: one a second for each channel)
 */
const BETWEEN_MS = 1000;

/** When each channel may be told next, within one invocation. */
export class Pace {
  readonly #clock: Pick<Clock, 'now' | 'sleep'>;
  readonly #until: number;
  readonly #next = new Map<string, number>();

  /** `until`: milliseconds since the epoch after which nothing is begun any more. */
  constructor(clock: Pick<Clock, 'now' | 'sleep'>, until: number) {
    this.#clock = clock;
    this.#until = until;
  }

  /** Sleeps, where so much time is left (ms). False: there is not. */
  async rest(ms: number): Promise<boolean> {
    if (this.#clock.now() + ms > this.#until) return false;
    await this.#clock.sleep(ms);
    return true;
  }

  /** The channel takes nothing for so long, ms. */
  hold(channel: string, ms: number): void {
    this.#next.set(channel, Math.max(this.#turnOf(channel), this.#clock.now() + ms));
  }

  /** Whether the channel's next turn comes in this invocation. */
  isOpen(channel: string): boolean {
    return this.#turnOf(channel) <= this.#until;
  }

  /** Awaits the channel's next turn, and takes it. Throws ChannelRefused, retryable, where it comes too late for this invocation. */
  async turn(channel: string): Promise<void> {
    if (!this.isOpen(channel)) throw new ChannelRefused(channel, 'no_time_left', true);
    const at = this.#turnOf(channel);
    const wait = at - this.#clock.now();
    this.#next.set(channel, at + BETWEEN_MS);
    if (wait > 0) await this.#clock.sleep(wait);
  }

  #turnOf(channel: string): number {
    return Math.max(this.#clock.now(), this.#next.get(channel) ?? 0);
  }
}
