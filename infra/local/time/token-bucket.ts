/** A rate limiter: it allows a burst and then a steady rate. */
export interface TokenBucket {
  /** Takes a token and returns 0, or returns the milliseconds until there is a token. */
  take(now: number): number;
}

/** A full bucket. `everyMs`: time until a token comes back. */
export function tokenBucket(burst: number, everyMs: number): TokenBucket {
  let tokens = burst;
  let at = Number.NEGATIVE_INFINITY;
  return {
    take(now) {
      tokens = Math.min(burst, tokens + Math.max(0, now - at) / everyMs);
      at = now;
      if (tokens < 1) return Math.ceil((1 - tokens) * everyMs);
      tokens -= 1;
      return 0;
    },
  };
}
