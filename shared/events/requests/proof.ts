import { EventUnreadable } from '../../domain/errors.ts';
import { type Caller, PROOF_SECONDS, type Proof } from '../../domain/requests/proof.ts';
import { asFields } from '../fields.ts';
import { allowOnly, integerIn, openPart, optionalIn, readIn, type StrictPart } from './command-part.ts';

const PLACE = 'command.proof';

/** Ids of keys are 16 to 128 letters and digits; nothing here hangs on their length. */
const CREDENTIAL = /^\w{1,128}\/(?<day>\d{8})\/(?<region>[a-z0-9-]{1,32})\/sts\/aws4_request$/;
const DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
const SIGNATURE = /^[0-9a-f]{64}$/;
/** AWS names no greatest length for a session's token. */
const TOKEN = /^[\w+/=-]{1,8192}$/;

/** How far a clock may be ahead of ours, ms. */
const AHEAD_MS = 60_000;

const fitting =
  (form: RegExp, expected: string) =>
  (part: StrictPart, name: string): string =>
    readIn(part, name, (value) => (typeof value === 'string' && form.test(value) ? value : undefined), expected);

const proofOf = (value: unknown): Proof => {
  const part = openPart(value, PLACE);
  allowOnly(part, ['credential', 'date', 'expires', 'signature', 'token']);
  return {
    credential: fitting(CREDENTIAL, 'the scope of a key for STS')(part, 'credential'),
    date: fitting(DATE, 'a time such as 20260102T030405Z')(part, 'date'),
    expires: integerIn(part, 'expires'),
    signature: fitting(SIGNATURE, '64 hexadecimal digits')(part, 'signature'),
    ...optionalIn(part, 'token', fitting(TOKEN, "a session's token")),
  };
};

/** Milliseconds since the epoch; not a number for a day that there is not. */
const timeOf = (date: string): number => Date.parse(date.replace(DATE, '$1-$2-$3T$4:$5:$6Z'));

/** What keeps a proof from being one for a function in this region at this time; undefined: nothing that can be seen from here. */
const flawOf = ({ credential, date, expires }: Proof, region: string, now: number): string | undefined => {
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
};

/** A proof that may be put before STS, or why it is none. */
export type ProofRead = { readonly kind: 'proof'; readonly proof: Proof } | Extract<Caller, { kind: 'false' }>;

const none = (why: string): ProofRead => ({ kind: 'false', because: `the proof of who asks is not good: ${why}` });

/**
 * Reads a proof by a list of what may be in it. What is refused is not repeated: it may be a key to somebody's name.
 *
 * @param now milliseconds since the epoch.
 */
export const readProof = (value: unknown, region: string, now: number): ProofRead => {
  try {
    const proof = proofOf(value);
    const flaw = flawOf(proof, region, now);
    return flaw === undefined ? { kind: 'proof', proof } : none(flaw);
  } catch (error) {
    if (error instanceof EventUnreadable) return none(error.message);
    throw error;
  }
};

/** A command as it came, and the proof that came with it; `given`: there is one, whatever it is. */
export interface Brought {
  readonly command: unknown;
  readonly given: boolean;
  readonly proof: unknown;
}

/** Takes the proof off a command. */
export const apart = (event: unknown): Brought => {
  const fields = asFields(event);
  if (fields === undefined || !Object.hasOwn(fields, 'proof'))
    return { command: event, given: false, proof: undefined };
  const { proof, ...command } = fields;
  return { command, given: true, proof };
};
