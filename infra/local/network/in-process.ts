import { buildQueryString, type HttpHandler, type HttpRequest, HttpResponse } from '@smithy/core/protocols';
import { MAXIMUM_RETRY_DELAY, Retry, StandardRetryStrategy } from '@smithy/core/retry';
import type { HttpHandlerOptions, RetryErrorInfo, RetryStrategyV2, StandardRetryToken } from '@smithy/types';
import { CLIENT_SETTINGS } from '../../../shared/adapters/aws/clients/settings.ts';
import type { Clock, Random } from '../../../shared/domain/runtime.ts';
import { type Activity, ActivityOver, type LocalClock, turn } from '../time/clock.ts';
import type { Reply, WireRequest } from '../wire/messages.ts';
import type { Connection, Fetch, Listening, Network, Serve } from './network.ts';

/** Ports that no program listens on, so that a request that leaves the process by mistake is refused. */
const FIRST_PORT = 1;

/**
 * Servers in this process. Requests need no sockets, and all waits are on the clock. Servers receive the same
 * requests as over HTTP.
 */
export class InProcessNetwork implements Network {
  readonly #clock: LocalClock;
  readonly #random: Random;
  readonly #servers = new Map<string, Serve>();
  #nextPort = FIRST_PORT;

  constructor({ clock, random }: { readonly clock: LocalClock; readonly random: Random }) {
    this.#clock = clock;
    this.#random = random;
  }

  async listen(port: number, serve: Serve): Promise<Listening> {
    const endpoint = `http://127.0.0.1:${port || this.#nextPort++}`;
    if (this.#servers.has(endpoint)) throw Object.assign(new Error(`${endpoint} is taken`), { code: 'EADDRINUSE' });
    this.#servers.set(endpoint, serve);
    return { endpoint, close: async () => void this.#servers.delete(endpoint) };
  }

  connect(caller?: () => Activity): Connection {
    const [clock, random] = [this.#clock, this.#random];
    const sleep = async (ms: number): Promise<void> => await (caller ? caller().sleep(ms) : clock.run(clock.sleep(ms)));
    const { maxAttempts } = CLIENT_SETTINGS;
    return {
      clients: {
        requestHandler: this.#requestHandler(caller),
        get retryStrategy() {
          return new ClockRetryStrategy({ maxAttempts, clock: { sleep }, random });
        },
      },
      fetch: this.#fetch(caller),
    };
  }

  #requestHandler(caller?: () => Activity): HttpHandler {
    const { requestTimeout: usual } = CLIENT_SETTINGS.requestHandler;
    return {
      handle: async (
        request: HttpRequest,
        { abortSignal, requestTimeout: timeoutMs = usual }: HttpHandlerOptions = {},
      ) => {
        const signal = abortSignal instanceof AbortSignal ? abortSignal : undefined;
        const { status, headers, body } = await this.#call(
          { origin: originOf(request), request: wireRequestOf(request), caller: caller?.() },
          { timeoutMs, signal },
        );
        const response = new HttpResponse({ statusCode: status, headers: { ...headers }, body: Buffer.from(body) });
        return { response };
      },
      updateHttpClientConfig: () => undefined,
      httpHandlerConfigs: () => ({}),
      destroy: () => undefined,
    };
  }

  #fetch(caller?: () => Activity): Fetch {
    return async (address, { method = 'GET', headers, body, signal } = {}) => {
      const { origin, pathname, search, host } = new URL(address);
      const named = { host, ...Object.fromEntries(new Headers(headers)) };
      const request = { method, url: pathname + search, headers: named, body: textOf(body) };
      try {
        const reply = await this.#call({ origin, request, caller: caller?.() }, { signal });
        return new Response(reply.body === '' ? null : reply.body, { status: reply.status, headers: reply.headers });
      } catch (cause) {
        const isConnection = cause instanceof Error && 'code' in cause && typeof cause.code === 'string';
        throw isConnection ? new TypeError('fetch failed', { cause }) : cause;
      }
    };
  }

  /** Throws ActivityOver, the signal's reason, or the error of a broken connection. */
  async #call(
    {
      origin,
      request,
      caller,
    }: { readonly origin: string; readonly request: WireRequest; readonly caller: Activity | undefined },
    limits: Limits,
  ): Promise<Reply> {
    const serve = this.#servers.get(origin);
    if (!serve) throw connectionError('ECONNREFUSED', origin);
    const name = `${request.method} ${origin}${request.url}`;
    const activity = caller ? caller.begin(name) : this.#clock.begin(name);
    // As over sockets, parallel calls all arrive before the first answer.
    const serving = turn()
      .then(async () => await serve(request, activity))
      .finally(() => activity.end());
    const limit = callLimit(this.#clock, limits);
    const answer = Promise.race([serving, limit.promise]);
    try {
      const dispatched = await (caller ? answer : this.#clock.run(answer));
      if (caller?.isOver) throw new ActivityOver(caller.name);
      if (dispatched === 'reset') throw connectionError('ECONNRESET', origin);
      return dispatched;
    } finally {
      limit.stop();
      // The server continues a request that its caller has given up.
      activity.detach();
    }
  }
}

export interface RetryOptions {
  readonly maxAttempts: number;
  /** The clock of the pauses. */
  readonly clock: Pick<Clock, 'sleep'>;
  readonly random: Random;
}

/**
 * The SDK's standard retry strategy with its pauses on an injected clock. The standard strategy decides
 * whether to retry. The pause is up to 50 ms after the first error, or 1 s after the first throttling error,
 * and doubles.
 *
 * Each client has its own strategy, as in production, with the SDK's retry quota of 500 tokens. A retry costs
 * 14 tokens (5 after throttling), and a success returns the cost of its last retry, at least 1. After about
 * 35 errors in a row, a client stops retrying. `capacity` is the rest of the quota, for tests that inject
 * many faults into one client.
 *
 * No service of the embedded account sends `Retry-After`, so such a hint is ignored.
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

  /** Resolves after the pause. Rejects like the standard strategy if there is no retry. */
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

/** A broken connection, in the form of Node's socket errors. */
function connectionError(code: 'ECONNRESET' | 'ECONNREFUSED', origin: string): Error {
  return Object.assign(new Error(`${code} ${origin}`), { code });
}

/** Limits of a call besides the end of its caller. */
interface Limits {
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | null | undefined;
}

/** The error of the SDK's own handler with `throwOnRequestTimeout`. */
function requestTimedOut(timeoutMs: number): Error {
  const message = `the request has exceeded the configured ${timeoutMs} ms requestTimeout`;
  return Object.assign(new Error(message), { name: 'TimeoutError', code: 'ETIMEDOUT' });
}

/** A promise that rejects at the time limit or when the signal aborts. `stop` ends the wait. */
function callLimit(clock: LocalClock, { timeoutMs, signal }: Limits) {
  const { promise, reject } = Promise.withResolvers<never>();
  // The promise is used in a race. If the answer wins, nobody handles the rejection.
  promise.catch(() => undefined);
  const onAbort = (): void => reject(signal?.reason);
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  const cancel = timeoutMs ? clock.after(timeoutMs, () => reject(requestTimedOut(timeoutMs))) : undefined;
  const stop = (): void => {
    cancel?.();
    signal?.removeEventListener('abort', onAbort);
  };
  return { promise, stop };
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function textOf(body: unknown): string {
  if (body === undefined || body === null) return '';
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return new TextDecoder().decode(body);
  if (body instanceof URLSearchParams) return body.toString();
  throw new TypeError('the in-process network takes bodies of text or bytes only');
}

function wireRequestOf({ method, path, query, headers, body }: HttpRequest): WireRequest {
  const search = buildQueryString(query ?? {});
  return { method, url: search === '' ? path : `${path}?${search}`, headers: lowerCase(headers), body: textOf(body) };
}

function originOf({ protocol, hostname, port }: HttpRequest): string {
  return new URL(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`).origin;
}
