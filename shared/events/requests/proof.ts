import { EventUnreadable } from '../../domain/errors.ts';
import { type Caller, type IdentityProof, PROOF_SECONDS } from '../../domain/identity.ts';
import { asFields } from '../json.ts';
import { allowOnly, integerIn, openPart, optionalIn, readIn, type StrictPart } from './strict-fields.ts';

/**
 * What a proof is for, as one text: this command, to this function.
 *
 * @param command as JSON carries it, without its proof.
 * @param functionArn without version or alias.
 */
export function commandText(command: object, functionArn: string): string {
  return `portcullis-command-1\n${functionArn}\n${canonical(command)}`;
}

/** JSON with the keys of each object in order and nothing between: equal for what is equal. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join()}}`;
}

/** SHA-256 of that text, 64 hexadecimal digits. */
export async function commandDigest(command: object, functionArn: string): Promise<string> {
  const bytes = new TextEncoder().encode(commandText(command, functionArn));
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const PRINCIPAL = /^arn:[a-z-]{1,32}:(?:iam|sts)::\d{12}:[^\s]{1,1024}$/;

/**
 * The ARN in STS's answer to GetCallerIdentity as JSON; undefined where it is not exactly that.
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

/** The code of STS's refusal, such as `SignatureDoesNotMatch`; undefined where it gave none. */
export function refusalCodeIn(text: string): string | undefined {
  const code = within(parsedJson(text), 'Error', 'Code');
  return typeof code === 'string' && /^\w{1,64}$/.test(code) ? code : undefined;
}

/** A proof that may be put before STS, or why it is none. */
export type ProofReading =
  | { readonly kind: 'proof'; readonly proof: IdentityProof }
  | Extract<Caller, { kind: 'false' }>;

/**
 * Reads a proof by a list of what may be in it. What is refused is not repeated: it may be a key to somebody's name.
 *
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

/** Ids of keys are 16 to 128 letters and digits; nothing here hangs on their length. */
const CREDENTIAL = /^\w{1,128}\/(?<day>\d{8})\/(?<region>[a-z0-9-]{1,32})\/sts\/aws4_request$/;

const DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

const SIGNATURE = /^[0-9a-f]{64}$/;

/** AWS names no greatest length for a session's token. */
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

/** How far a clock may be ahead of ours, ms. */
const AHEAD_MS = 60_000;

/** What keeps a proof from being one for a function in this region at this time; undefined: nothing that can be seen from here. */
function flawOf({ credential, date, expires }: IdentityProof, region: string, now: number): string | undefined {
  const scope = CREDENTIAL.exec(credential)?.groups;
  const signedAt = timeOf(date);
  if (Number.isNaN(signedAt) || scope?.['day'] !== date.slice(0, 8)) return 'its times do not agree';
  if (scope['region'] !== region) return `it is signed for ${scope['region']}, and this function is in ${region}`;
  if (expires < 1 || expires > PROOF_SECONDS) return `it is to be good for ${PROOF_SECONDS} s at most`;
  const [age, second] = [now - signedAt, 1000];
  if (age < -AHEAD_MS) return `it was signed ${Math.round(-age / second)} s in the future: is the clock right?`;
  return age > expires * second
    ? `it was signed ${Math.round(age / second)} s ago and good for ${expires} s: is the clock right? Ask again`
    : undefined;
}

/** Milliseconds since the epoch; not a number for a day that there is not. */
function timeOf(date: string): number {
  return Date.parse(date.replace(DATE, '$1-$2-$3T$4:$5:$6Z'));
}

function invalidProof(why: string): ProofReading {
  return { kind: 'false', because: `the proof of who asks is not good: ${why}` };
}

/** A command as it came, and the proof that came with it; `given`: there is one, whatever it is. */
export interface SignedCommand {
  readonly command: unknown;
  readonly hasProof: boolean;
  readonly proof: unknown;
}

/** Takes the proof off a command. */
export function splitProof(event: unknown): SignedCommand {
  const fields = asFields(event);
  if (fields === undefined || !Object.hasOwn(fields, 'proof'))
    return { command: event, hasProof: false, proof: undefined };
  const { proof, ...command } = fields;
  return { command, hasProof: true, proof };
}
