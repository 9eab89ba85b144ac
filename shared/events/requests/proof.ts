import { EventUnreadable } from '../../domain/errors.ts';
import { type Caller, type IdentityProof, PROOF_SECONDS } from '../../domain/identity.ts';
import { asFields } from '../json.ts';
import { allowOnly, integerIn, openPart, optionalIn, readIn, type StrictPart } from './strict-fields.ts';

/**
 * The text that a proof signs: a command to a function.
 *
 * @param command without its proof.
 * @param functionArn without version or alias.
 */
export function commandText(command: object, functionArn: string): string {
  return `portcullis-command-1\n${functionArn}\n${canonical(command)}`;
}

/** JSON with sorted keys and without white space, so that equal values have equal texts. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join()}}`;
}

/** SHA-256 of `commandText`, as 64 hexadecimal digits. */
export async function commandDigest(command: object, functionArn: string): Promise<string> {
  const bytes = new TextEncoder().encode(commandText(command, functionArn));
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const PRINCIPAL = /^arn:[a-z-]{1,32}:(?:iam|sts)::\d{12}:[^\s]{1,1024}$/;

/**
 * The ARN in STS's JSON response to GetCallerIdentity; undefined for any other text.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export function callerArnIn(text: string): string | undefined {
  const arn = within(parsedJson(text), 'GetCallerIdentityResponse', 'GetCallerIdentityResult', 'Arn');
  return typeof arn === 'string' && PRINCIPAL.test(arn) ? arn : undefined;
}

function within(value: unknown, ...names: readonly string[]): unknown {
  return names.reduce((found: unknown, name) => {
    const fields = asFields(found);
    return fields !== undefined && Object.hasOwn(fields, name) ? fields[name] : undefined;
  }, value);
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The error code in STS's response, such as `SignatureDoesNotMatch`; undefined if there is none. */
export function refusalCodeIn(text: string): string | undefined {
  const code = within(parsedJson(text), 'Error', 'Code');
  return typeof code === 'string' && /^\w{1,64}$/.test(code) ? code : undefined;
}

/** A proof that STS can check, or the reason why the value is no valid proof. */
export type ProofReading =
  | { readonly kind: 'proof'; readonly proof: IdentityProof }
  | Extract<Caller, { kind: 'false' }>;

/**
 * Reads a proof. Unknown fields are refused. No message repeats a refused value, because the value may be a
 * credential.
 *
 * @param region of this function.
 * @param now milliseconds since the epoch.
 */
export function readProof(value: unknown, region: string, now: number): ProofReading {
  try {
    const proof = proofOf(value);
    const flaw = flawOf(proof, region, now);
    return flaw === undefined ? { kind: 'proof', proof } : invalidProof(flaw);
  } catch (error) {
    if (error instanceof EventUnreadable) return invalidProof(error.message);
    throw error;
  }
}

const PLACE = 'command.proof';

/** AWS key ids have 16 to 128 characters. This pattern does not depend on their length. */
const CREDENTIAL = /^\w{1,128}\/(?<day>\d{8})\/(?<region>[a-z0-9-]{1,32})\/sts\/aws4_request$/;

const DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

const SIGNATURE = /^[0-9a-f]{64}$/;

/** AWS documents no maximum length of a session token. */
const TOKEN = /^[\w+/=-]{1,8192}$/;

function proofOf(value: unknown): IdentityProof {
  const part = openPart(value, PLACE);
  allowOnly(part, ['credential', 'date', 'expires', 'signature', 'token']);
  return {
    credential: fitting(CREDENTIAL, 'the scope of a key for STS')(part, 'credential'),
    date: fitting(DATE, 'a time such as 20260102T030405Z')(part, 'date'),
    expires: integerIn(part, 'expires'),
    signature: fitting(SIGNATURE, '64 hexadecimal digits')(part, 'signature'),
    ...optionalIn(part, 'token', fitting(TOKEN, "a session's token")),
  };
}

function fitting(form: RegExp, expected: string) {
  return (part: StrictPart, name: string): string =>
    readIn(part, name, (value) => (typeof value === 'string' && form.test(value) ? value : undefined), expected);
}

/** How far the signer's clock may be ahead, ms. */
const AHEAD_MS = 60_000;

/** Why a proof is not valid for this region and time. Undefined if only STS can tell. */
function flawOf({ credential, date, expires }: IdentityProof, region: string, now: number): string | undefined {
  const scope = CREDENTIAL.exec(credential)?.groups;
  const signedAt = timeOf(date);
  if (Number.isNaN(signedAt) || scope?.['day'] !== date.slice(0, 8))
    return 'its date and its credential scope name different days';
  if (scope['region'] !== region) return `it is signed for ${scope['region']}, and this function is in ${region}`;
  if (expires < 1 || expires > PROOF_SECONDS) return `it may be valid for at most ${PROOF_SECONDS} s`;
  const [age, second] = [now - signedAt, 1000];
  if (age < -AHEAD_MS) return `it was signed ${Math.round(-age / second)} s in the future: is the clock right?`;
  return age > expires * second
    ? `it was signed ${Math.round(age / second)} s ago and was valid for ${expires} s: is the clock right? Try again`
    : undefined;
}

/** Milliseconds since the epoch; NaN for a day that does not exist. */
function timeOf(date: string): number {
  return Date.parse(date.replace(DATE, '$1-$2-$3T$4:$5:$6Z'));
}

function invalidProof(why: string): ProofReading {
  return { kind: 'false', because: `the proof of the caller's identity is not valid: ${why}` };
}

/** A command and its proof. `hasProof` is true if the event has a field `proof` with any value. */
export interface SignedCommand {
  readonly command: unknown;
  readonly hasProof: boolean;
  readonly proof: unknown;
}

/** Separates a command from its proof. */
export function splitProof(event: unknown): SignedCommand {
  const fields = asFields(event);
  if (fields === undefined || !Object.hasOwn(fields, 'proof'))
    return { command: event, hasProof: false, proof: undefined };
  const { proof, ...command } = fields;
  return { command, hasProof: true, proof };
}
