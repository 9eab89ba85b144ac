import { ChannelRefused } from '../../domain/errors.ts';
import { type Http, isLoopback } from '../../domain/runtime.ts';

/** A request to a channel. Errors name the channel, because the URL may be a secret. */
export interface OutgoingRequest {
  readonly channel: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; `URLSearchParams` as a form. */
  readonly body: object;
}

/** The body of a response with a status of 200 to 299. */
export interface HttpReply {
  readonly text: string;
}

/**
 * Posts JSON or a form, and waits for the response for 5 s.
 *
 * @throws ChannelRefused with the status or the channel's error code. With `timeout` or `network` nobody
 *   knows whether the channel accepted the request.
 */
export async function post({ fetch, clock }: Http, request: OutgoingRequest): Promise<HttpReply> {
  const { channel, headers, body } = request;
  const url = checkedUrl(request);
  const isForm = body instanceof URLSearchParams;
  const type = isForm ? 'application/x-www-form-urlencoded' : 'application/json; charset=utf-8';
  const init = {
    method: 'POST',
    headers: { 'content-type': type, ...headers },
    body: isForm ? body.toString() : JSON.stringify(body),
    redirect: 'manual',
    signal: clock.timeout(TIMEOUT_MS),
  } as const;
  const answer = async () => {
    const response = await fetch(url, init);
    return { response, text: await response.text() };
  };
  const { response, text } = await answer().catch((error: unknown) => {
    throw networkError(channel, error);
  });
  if (!response.ok) throw refusalOf(channel, response, text, clock.now());
  return { text };
}

/** Time that a channel has to respond, ms. */
const TIMEOUT_MS = 5_000;

/** Throws ChannelRefused for a URL without encryption. */
function checkedUrl({ channel, url }: OutgoingRequest): URL {
  const address = URL.parse(url);
  if (address === null) throw new ChannelRefused(channel, 'no_address', false);
  const isSafe = address.protocol === 'https:' || (address.protocol === 'http:' && isLoopback(address.hostname));
  if (!isSafe) throw new ChannelRefused(channel, 'not_https', false);
  return address;
}

/** Longest `Retry-After` that is respected, ms. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/**
 * `Retry-After`, which is in seconds or a date, as ms from now; undefined if the header is missing.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
function retryAfterMs(headers: Headers, now: number): number | undefined {
  const text = headers.get('retry-after')?.trim() ?? '';
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
}

/**
 * An error code of a channel, such as `channel_is_archived`. Any other response text may contain parts of the
 * request.
 */
const ERROR_CODE = /^[a-z][a-z_]{1,60}$/;

/** The channel's error code, otherwise the status. */
function errorCodeOf(status: number, text: string): string {
  return ERROR_CODE.test(text.trim()) ? text.trim() : `http_${status}`;
}

/** A redirect is a refusal, because the token must not go to another host. */
function refusalOf(channel: string, { status, headers }: Response, text: string, now: number): ChannelRefused {
  const isRetryable = status === 429 || status === 408 || status >= 500;
  return new ChannelRefused(
    channel,
    errorCodeOf(status, text),
    isRetryable,
    isRetryable ? retryAfterMs(headers, now) : undefined,
  );
}

/** The message of fetch's error may contain the URL, so it is left out. */
function networkError(channel: string, error: unknown): ChannelRefused {
  const isLate = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
  return new ChannelRefused(channel, isLate ? 'timeout' : 'network', true);
}
