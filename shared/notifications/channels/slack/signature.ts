import type { HttpCall, HttpRefusal } from '../../../domain/action.ts';

/** How far a call's time may be from ours, seconds. Slack's own advice. */
const MAX_SKEW_SECONDS = 300;

/**
 * Largest body, bytes. Slack sends the message that was pressed along: at most about 13,200 characters, nine bytes each where a character
 * of three bytes is written as `%E2%82%AC`.
 */
const MAX_BODY_BYTES = 262_144;

/** A call's body, proved to be Slack's. */
export interface VerifiedCall {
  readonly kind: 'proved';
  readonly body: string;
}

function refuse(status: HttpRefusal['status'], because: string): HttpRefusal {
  return { kind: 'refused', status, because };
}

/** A header, whatever the case of its name; undefined where it is missing or there more than once. */
function headerOf({ headers }: HttpCall, name: string): string | undefined {
  const values = Object.keys(headers).filter((key) => key.toLowerCase() === name);
  const [only, ...more] = values;
  return only === undefined || more.length > 0 ? undefined : headers[only];
}

const BASE64 = /^[\d+/A-Za-z]*={0,2}$/;

/** The bytes that were sent; undefined where they are not what they are said to be. */
function bytesOf({ body, isBase64 }: HttpCall): Uint8Array<ArrayBuffer> | undefined {
  if (!isBase64) return new TextEncoder().encode(body);
  if (body.length % 4 !== 0 || !BASE64.test(body)) return undefined;
  return Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0));
}

/** What Slack signs: `v0:` its time `:` the raw body. */
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
 * Whether the signature is the one that the secret makes. The comparison takes the same time wherever the first difference is: the
 * specification asks for that, and Node compares with OpenSSL's `CRYPTO_memcmp` (src/crypto/crypto_hmac.cc).
 *
 * @see https://www.w3.org/TR/webcrypto-2/#hmac-operations-verify
 */
async function isSigned(secret: string, signature: string, text: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(secret), algorithm, false, ['verify']);
  return await crypto.subtle.verify('HMAC', key, bytesOfHex(signature), text);
}

/** The time and the signature that a call claims, by form; several headers of one name, which Lambda joins with commas, have none. */
function signatureHeaders(call: HttpCall): { readonly time: string; readonly signature: string } | undefined {
  const [, time] = /^(\d{1,12})$/.exec(headerOf(call, 'x-slack-request-timestamp') ?? '') ?? [];
  const [, signature] = /^v0=([\da-f]{64})$/.exec(headerOf(call, 'x-slack-signature') ?? '') ?? [];
  return time === undefined || signature === undefined ? undefined : { time, signature };
}

/**
 * Whether a call is Slack's, made within five minutes of `now` (milliseconds since the epoch). Nothing that a caller can send makes it
 * throw; what is asked first is what costs least.
 *
 * @param secret the app's signing secret; read for calls alone that are signed by their form.
 * @throws what reading the secret throws.
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
