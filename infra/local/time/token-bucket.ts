/** Takes so many in a burst, and from then on as many as come back in time. */
export interface TokenBucket {
  /** Takes one, and answers 0; or the milliseconds until there is one to take. */
  take(now: number): number;
}

/** A bucket that is full at first. `everyMs`: how long one takes to come back. */
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
