/**
 * What the signer of a presigned GetCallerIdentity request chooses of it, and nothing else: where the request goes, its path, its action
 * and the headers that are signed are the same for everybody, so that a proof cannot name them.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export interface Proof {
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
export interface Callers {
  /**
   * @param proof as it came.
   * @param digest of what it has to be a proof for.
   * @param region that it has to be signed for.
   * @throws CallFailed where whoever could tell did not answer.
   */
  prove(proof: unknown, digest: string, region: string): Promise<Caller>;
}
