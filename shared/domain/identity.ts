/**
 * Whether a text matches a pattern in which `*` stands for anything, nothing included. Literal parts are sought from left to right
 * and never again, so there is no backtracking whatever the pattern.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  const star = pattern.indexOf('*');
  if (star === -1) return text === pattern;
  if (star > 0 && text.charCodeAt(0) !== pattern.charCodeAt(0)) return false;
  if (!text.startsWith(pattern.slice(0, star))) return false;
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop() ?? '';
  if (text.length < first.length + last.length || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let from = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, from);
    if (found < 0 || found + part.length > end) return false;
    from = found + part.length;
  }
  return true;
}

/** Somebody who asked for something, and by what way the request came. */
export interface Person {
  /** As people know them: a session name, a user, an owner. */
  readonly name: string;
  /** The principal that AWS saw, where it is known. */
  readonly arn?: string;
  /** Whether AWS has confirmed it: of a person at the command line `arn` and `name`, of one at a button that the press came from on-action. */
  readonly verified?: true;
  readonly through: 'command-line' | 'button' | 'tag' | 'policy' | 'portcullis';
  /** Slack's `U…` of the person who pressed a button. */
  readonly slackUser?: string;
}

/** A request on the record: who, why, when. */
export interface Attribution {
  readonly by: Person;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The person opened the rules that the request leaves open or opens again. */
  readonly ownChange?: true;
}

/**
 * What the signer of a presigned GetCallerIdentity request chooses of it, and nothing else: where the request goes, its path, its action
 * and the headers that are signed are the same for everybody, so that a proof cannot name them.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export interface IdentityProof {
  /** `AKIA…/20260102/eu-west-1/sts/aws4_request` */
  readonly credential: string;
  /** When it was signed: `20260102T030405Z`. */
  readonly date: string;
  /** Seconds, 1–60. */
  readonly expires: number;
  /** 64 hexadecimal digits. */
  readonly signature: string;
  /** Of credentials that are not for good. */
  readonly token?: string;
}

/** Header that binds a proof to one command and one function: `commandDigest`. */
export const PROOF_HEADER = 'x-portcullis-command';

/** The longest that a proof is good for, seconds. STS itself would take it for 15 minutes, whatever it says of its end. */
export const PROOF_SECONDS = 60;

/** What is known of whoever sent a command. `false`: it brought a proof that proves nothing. */
export type Caller =
  | { readonly kind: 'proven'; readonly arn: string }
  | { readonly kind: 'unproven' }
  | { readonly kind: 'false'; readonly because: string };

/** Whom proofs are put before. */
export interface CallerVerifier {
  /**
   * @param proof as it came.
   * @param digest of what it has to be a proof for.
   * @param region that it has to be signed for.
   * @throws CallFailed where whoever could tell did not answer.
   */
  verify(proof: unknown, digest: string, region: string): Promise<Caller>;
}
