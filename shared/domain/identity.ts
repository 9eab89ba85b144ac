/**
 * Whether a text matches a pattern in which `*` stands for any text, including the empty text. The literal
 * parts are searched from left to right without backtracking, so no pattern is slow.
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

/** A person who requested something, and how the request arrived. */
export interface Person {
  /** A session name, a user name or an owner. */
  readonly name: string;
  /** ARN of the principal, if AWS stated it. */
  readonly arn?: string;
  /**
   * Confirmed by AWS. For the command line, `arn` and `name` are confirmed. For a button, it is confirmed
   * that the request came from the function on-action.
   */
  readonly verified?: true;
  readonly through: 'command-line' | 'button' | 'tag' | 'policy' | 'portcullis';
  /** Slack user id (`U…`) of the person who pressed a button. */
  readonly slackUser?: string;
}

/** Who requested something, why and when. */
export interface Attribution {
  readonly by: Person;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The person had opened the rules that the request keeps open or opens again. */
  readonly ownChange?: true;
}

/**
 * Proves an identity by the signature of a presigned GetCallerIdentity request. It contains only the variable
 * parts of the request. Host, path, action and signed headers are the same for everybody, so the sender
 * cannot choose them.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export interface IdentityProof {
  /** `AKIA…/20260102/eu-west-1/sts/aws4_request` */
  readonly credential: string;
  /** Time of the signature: `20260102T030405Z`. */
  readonly date: string;
  /** Validity in seconds, 1–60. */
  readonly expires: number;
  /** 64 hexadecimal digits. */
  readonly signature: string;
  /** Session token of temporary credentials. */
  readonly token?: string;
}

/** Header that binds a proof to one command and one function. Its value is the `commandDigest`. */
export const PROOF_HEADER = 'x-portcullis-command';

/**
 * Longest validity of a proof, in seconds. STS itself accepts a request for 15 minutes, whatever its expiry
 * says.
 */
export const PROOF_SECONDS = 60;

/** The verified sender of a command. `unproven`: the command has no proof. `false`: the proof is invalid. */
export type Caller =
  | { readonly kind: 'proven'; readonly arn: string }
  | { readonly kind: 'unproven' }
  | { readonly kind: 'false'; readonly because: string };

/** Verifies proofs with STS. */
export interface CallerVerifier {
  /**
   * @param proof untrusted input.
   * @param digest of the command that the proof must be for.
   * @param region that the proof must be signed for.
   * @throws CallFailed if STS did not answer.
   */
  verify(proof: unknown, digest: string, region: string): Promise<Caller>;
}
