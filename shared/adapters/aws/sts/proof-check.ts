import { CallFailed } from '../../../domain/errors.ts';
import type { Environment, Http } from '../../../domain/ports.ts';
import { type Caller, type Callers, PROOF_HEADER, type Proof } from '../../../domain/requests/proof.ts';
import { callerArnIn, refusalCodeIn } from '../../../events/requests/caller-identity.ts';
import { readProof } from '../../../events/requests/proof.ts';
import { STS_QUERY, type StsPlace, stsPlace } from './sts-place.ts';

/** How long STS has to answer, ms. */
const ANSWER_WITHIN_MS = 5_000;

const CALL = STS_QUERY.Action;

/** Rebuilds the URL from validated parameters; the host never comes from the caller. */
const urlOf = ({ credential, date, expires, signature, token }: Proof, { protocol, host }: StsPlace): URL => {
  const url = new URL(`${protocol}//${host}/`);
  url.search = new URLSearchParams({
    ...STS_QUERY,
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': credential,
    'X-Amz-Date': date,
    'X-Amz-Expires': String(expires),
    ...(token !== undefined && { 'X-Amz-Security-Token': token }),
    'X-Amz-SignedHeaders': `host;${PROOF_HEADER}`,
    'X-Amz-Signature': signature,
  }).toString();
  return url;
};

/** fetch's own message may hold the address, and that the token. */
const unanswered = (error: unknown): CallFailed => {
  const isLate = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
  const why = isLate ? `STS did not answer within ${ANSWER_WITHIN_MS / 1000} s` : 'STS cannot be reached';
  const told = new Error(`${why}: who asks is not known, so nothing was done; ask again`);
  return new CallFailed(CALL, isLate ? 'TimeoutError' : 'NetworkError', true, told);
};

const unexpected = (status: number, isRetryable: boolean): CallFailed =>
  new CallFailed(
    CALL,
    `http_${status}`,
    isRetryable,
    new Error('STS gave no answer that can be read: who asks is not known, so nothing was done; ask again'),
  );

const isForNow = (status: number, code = ''): boolean => status >= 500 || status === 429 || code.startsWith('Throttl');

const callerOf = (status: number, text: string): Caller => {
  if (status === 200) {
    const arn = callerArnIn(text);
    if (arn === undefined) throw unexpected(status, false);
    return { kind: 'proven', arn };
  }
  const code = refusalCodeIn(text);
  if (isForNow(status, code) || status < 400) throw unexpected(status, status >= 400);
  return {
    kind: 'false',
    because: `STS does not confirm the proof of who asks (${code ?? `status ${status}`}): it is for another command or function, or the credentials have run out`,
  };
};

/**
 * Has STS say who signed: it knows the keys, and the request is the one that was signed only if nothing of it was changed. Redirects are
 * not followed.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export const callersBy = ({ fetch, clock, environment }: Http & { readonly environment: Environment }): Callers => ({
  prove: async (given, digest, region) => {
    const read = readProof(given, region, clock.now());
    if (read.kind === 'false') return read;
    const answer = async () => {
      const response = await fetch(urlOf(read.proof, stsPlace(region, environment)), {
        headers: { accept: 'application/json', [PROOF_HEADER]: digest },
        redirect: 'manual',
        signal: clock.timeout(ANSWER_WITHIN_MS),
      });
      return { status: response.status, text: await response.text() };
    };
    const { status, text } = await answer().catch((error: unknown) => {
      throw unanswered(error);
    });
    return callerOf(status, text);
  },
});
