import { MAXIMUM_RETRY_DELAY, Retry, StandardRetryStrategy } from '@smithy/core/retry';
import type { RetryErrorInfo, RetryStrategyV2, StandardRetryToken } from '@smithy/types';
import type { Clock } from '../../../shared/domain/ports.ts';
import type { Random } from '../../../shared/domain/random.ts';

export interface RetryOptions {
  readonly maxAttempts: number;
  /** Where pauses pass. */
  readonly clock: Pick<Clock, 'sleep'>;
  readonly random: Random;
}

/**
 * The SDK's standard retry strategy with its pauses on an injected clock. The stock strategy decides whether there is a retry; the
 * pause is up to 50 ms after the first fault or 1 s after the first throttling, and doubles.
 *
 * Each client has a strategy of its own, as in production, with the stock retry quota of 500 tokens: a retry costs 14 (5 after
 * throttling), and a success gives back what its last retry cost, at least 1. After some 35 faults in a row a client stops retrying.
 * `capacity` shows what is left; a test that injects many faults into a long-lived client has to reckon with that.
 *
 * No service of the embedded account sends `Retry-After`, so a hint of that kind is ignored.
 */
export class ClockRetryStrategy implements RetryStrategyV2 {
  readonly mode = 'standard';
  readonly #clock: RetryOptions['clock'];
  readonly #random: Random;
  readonly #standard: StandardRetryStrategy;

  constructor({ maxAttempts, clock, random }: RetryOptions) {
    this.#clock = clock;
    this.#random = random;
    const backoff = { setDelayBase: () => undefined, computeNextBackoffDelay: () => 0 };
    this.#standard = new StandardRetryStrategy({ maxAttempts, backoff });
  }

  /** Tokens left in the retry quota, at most 500. */
  get capacity(): number {
    return this.#standard.getCapacity();
  }

  async acquireInitialRetryToken(scope: string): Promise<StandardRetryToken> {
    return await this.#standard.acquireInitialRetryToken(scope);
  }

  /** Resolves after the pause. Rejects as the stock strategy does if there is no retry. */
  async refreshRetryTokenForRetry(token: StandardRetryToken, info: RetryErrorInfo): Promise<StandardRetryToken> {
    const { retryAfterHint: _hint, ...rest } = info;
    const next = await this.#standard.refreshRetryTokenForRetry(token, rest);
    const base = info.errorType === 'THROTTLING' ? Retry.throttlingDelay() : Retry.delay();
    const longest = Math.min(base * 2 ** token.getRetryCount(), MAXIMUM_RETRY_DELAY);
    await this.#clock.sleep(Math.floor(this.#random() * longest));
    return next;
  }

  recordSuccess(token: StandardRetryToken): void {
    this.#standard.recordSuccess(token);
  }
}
