import type { HttpCall, HttpRefusal } from '../../../domain/action.ts';

/** The body of a call that Slack signed. */
export interface VerifiedCall {
  readonly kind: 'proved';
  readonly body: string;
}

/**
 * Verifies that Slack signed a call within five minutes of `now` (milliseconds since the epoch). No input
 * makes it throw. The cheapest checks come first.
 *
 * @param secret the app's signing secret, read only if the call has well-formed signature headers.
 * @throws what `secret` throws.
 * @see https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
export async function verifySlackCall(
  call: HttpCall,
  secret: () => Promise<string | undefined>,
  now: number,
): Promise<VerifiedCall | HttpRefusal> {
  if (call.body.length > MAX_BODY_BYTES * (call.isBase64 ? 4 / 3 : 1) + 4) return refuse(413, 'the body is too large');
  const claim = signatureHeaders(call);
  if (claim === undefined)
    return refuse(401, 'it has no signature of Slack: one x-slack-signature, one x-slack-request-timestamp');
  const seconds = Math.abs(now / 1000 - Number(claim.time));
  if (seconds > MAX_SKEW_SECONDS)
    return refuse(401, `its time is ${Math.round(seconds)} s from ours: late, or played again`);
  const bytes = bytesOf(call);
  if (bytes === undefined) return refuse(400, 'the body is not Base64, as it is said to be');
  if (bytes.length > MAX_BODY_BYTES) return refuse(413, 'the body is too large');
  const key = await secret();
  if (key === undefined || key === '')
    return refuse(401, 'the secret of the alert functions has no slackSigningSecret: put it there');
  if (!(await isSigned(key, claim.signature, signedBytes(claim.time, bytes))))
    return refuse(401, 'the signature is not of this body, this time and our signing secret');
  return { kind: 'proved', body: new TextDecoder().decode(bytes) };
}

/**
 * Time and signature of a call, if well-formed. Repeated headers, which Lambda joins with commas, are not.
 */
function signatureHeaders(call: HttpCall): { readonly time: string; readonly signature: string } | undefined {
  const [, time] = /^(\d{1,12})$/.exec(headerOf(call, 'x-slack-request-timestamp') ?? '') ?? [];
  const [, signature] = /^v0=([\da-f]{64})$/.exec(headerOf(call, 'x-slack-signature') ?? '') ?? [];
  return time === undefined || signature === undefined ? undefined : { time, signature };
}

/** Largest difference between the time of a call and ours, seconds, as Slack recommends. */
const MAX_SKEW_SECONDS = 300;

/**
 * Largest body, bytes. The body contains the message with the button: at most about 13,200 characters, each
 * of at most nine bytes (`%E2%82%AC`).
 */
const MAX_BODY_BYTES = 262_144;

function refuse(status: HttpRefusal['status'], because: string): HttpRefusal {
  return { kind: 'refused', status, because };
}

/** A header by its case-insensitive name; undefined if it is missing or repeated. */
function headerOf({ headers }: HttpCall, name: string): string | undefined {
  const values = Object.keys(headers).filter((key) => key.toLowerCase() === name);
  const [only, ...more] = values;
  return only === undefined || more.length > 0 ? undefined : headers[only];
}

const BASE64 = /^[\d+/A-Za-z]*={0,2}$/;

/** The bytes of the body; undefined if it is not the Base64 that it should be. */
function bytesOf({ body, isBase64 }: HttpCall): Uint8Array<ArrayBuffer> | undefined {
  if (!isBase64) return new TextEncoder().encode(body);
  if (body.length % 4 !== 0 || !BASE64.test(body)) return undefined;
  return Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0));
}

/** The bytes that Slack signs: `v0:`, the time, `:` and the raw body. */
function signedBytes(time: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(`v0:${time}:`);
  const all = new Uint8Array(head.length + body.length);
  all.set(head);
  all.set(body, head.length);
  return all;
}

function bytesOfHex(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/**
 * Whether the signature matches. The comparison takes constant time: the specification requires that, and
 * Node uses OpenSSL's `CRYPTO_memcmp` (src/crypto/crypto_hmac.cc).
 *
 * @see https://www.w3.org/TR/webcrypto-2/#hmac-operations-verify
 */
async function isSigned(secret: string, signature: string, text: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(secret), algorithm, false, ['verify']);
  return await crypto.subtle.verify('HMAC', key, bytesOfHex(signature), text);
}
