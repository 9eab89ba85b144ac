import { ChannelRefused } from '../../domain/errors.ts';
import { type Http, isLoopback } from '../../domain/runtime.ts';

/** How long a channel has to answer, ms. */
const TIMEOUT_MS = 5_000;

/** What is sent, and to whom. `channel` names it in errors: the address may be a secret itself. */
export interface OutgoingRequest {
  readonly channel: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; `URLSearchParams` as a form. */
  readonly body: object;
}

/** What came back with a status of 200 to 299. */
export interface HttpReply {
  readonly text: string;
}

/** Throws ChannelRefused for an address that a message would go to in the clear. */
function checkedUrl({ channel, url }: OutgoingRequest): URL {
  const address = URL.parse(url);
  if (address === null) throw new ChannelRefused(channel, 'no_address', false);
  const isSafe = address.protocol === 'https:' || (address.protocol === 'http:' && isLoopback(address.hostname));
  if (!isSafe) throw new ChannelRefused(channel, 'not_https', false);
  return address;
}

/** Longest time that is taken from an answer, ms: an hour. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/**
 * When the channel will take a message, ms from now: `Retry-After` in seconds or as a date. Undefined where it does not say.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
function retryAfterMs(headers: Headers, now: number): number | undefined {
  const text = headers.get('retry-after')?.trim() ?? '';
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
}

/** A word of the channel's own, such as `channel_is_archived`; anything else may repeat what was sent. */
const ERROR_CODE = /^[a-z][a-z_]{1,60}$/;

/** The word that the channel gave for its refusal; the status where it gave none. */
function errorCodeOf(status: number, text: string): string {
  return ERROR_CODE.test(text.trim()) ? text.trim() : `http_${status}`;
}

/** A redirect is not followed: whoever answers it would be sent the token, too. */
function refusalOf(channel: string, { status, headers }: Response, text: string, now: number): ChannelRefused {
  const isForNow = status === 429 || status === 408 || status >= 500;
  return new ChannelRefused(
    channel,
    errorCodeOf(status, text),
    isForNow,
    isForNow ? retryAfterMs(headers, now) : undefined,
  );
}

/** fetch's own message may hold the address. */
function networkError(channel: string, error: unknown): ChannelRefused {
  const isLate = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
  return new ChannelRefused(channel, isLate ? 'timeout' : 'network', true);
}

/**
 * Posts JSON or a form, and awaits the answer for 5 s. Throws ChannelRefused: with the status or the channel's own word for it, `timeout` or
 * `network` where nothing came back: then nobody knows whether it was taken.
 */
export async function post({ fetch, clock }: Http, letter: OutgoingRequest): Promise<HttpReply> {
  const { channel, headers, body } = letter;
  const url = checkedUrl(letter);
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
