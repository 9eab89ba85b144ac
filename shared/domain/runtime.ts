/** A source of random numbers, injected: like `Math.random`, a number in [0, 1). */
export type Random = () => number;

/**
 * A UUID of version 4, of 122 random bits.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9562#section-5.4
 */
export function uuid(random: Random): string {
  return 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replaceAll(/[xy]/g, (place) => {
    const digit = Math.floor(random() * 16);
    return (place === 'x' ? digit : 8 + (digit % 4)).toString(16);
  });
}

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Whether the `hostname` of a URL is a loopback address. */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}

/** Time, injected. Milliseconds. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  sleep(ms: number): Promise<void>;
  /** A signal that aborts with a TimeoutError after `ms`, as `AbortSignal.timeout` does. */
  timeout(ms: number): AbortSignal;
}

/** The used part of `fetch`, injected. */
export type Fetch = (url: URL, init: RequestInit) => Promise<Response>;

/** What a function that makes HTTP calls needs. */
export interface Http {
  readonly fetch: Fetch;
  readonly clock: Pick<Clock, 'now' | 'timeout'>;
}

/** Environment variables, injected. */
export type Environment = Readonly<Record<string, string | undefined>>;
