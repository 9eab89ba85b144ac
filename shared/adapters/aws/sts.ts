import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { partition } from '@aws-sdk/core/client';
import type { RequestPresigner, RequestSigner } from '@smithy/types';
import { principalName } from '../../domain/change.ts';
import { CallFailed } from '../../domain/errors.ts';
import {
  type Caller,
  type CallerVerifier,
  type IdentityProof,
  type Person,
  PROOF_HEADER,
  PROOF_SECONDS,
} from '../../domain/identity.ts';
import { type Clock, type Environment, type Http, isLoopback } from '../../domain/runtime.ts';
import { functionArn } from '../../events/ids.ts';
import { callerArnIn, commandDigest, readProof, refusalCodeIn } from '../../events/requests/proof.ts';
import { call } from './call.ts';
import type { ClientSettings } from './clients/settings.ts';
import { lazily } from './lazily.ts';

/** The endpoint of a region's STS. */
interface StsPlace {
  readonly protocol: 'https:' | 'http:';
  /** Includes the port unless it is the protocol's default. The signature covers it as `host`. */
  readonly host: string;
}

/**
 * The endpoint of an embedded account on this machine, if the environment names one. Other endpoints in the
 * environment are ignored.
 */
function localSts(environment: Environment): StsPlace | undefined {
  const address = URL.parse(environment['AWS_ENDPOINT_URL_STS'] ?? environment['AWS_ENDPOINT_URL'] ?? '');
  return address?.protocol === 'http:' && isLoopback(address.hostname)
    ? { protocol: 'http:', host: address.host }
    : undefined;
}

/**
 * The STS of a region. Signer and verifier use the same one.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/sts.html
 */
export function stsPlace(region: string, environment: Environment): StsPlace {
  return localSts(environment) ?? { protocol: 'https:', host: `sts.${region}.${partition(region).dnsSuffix}` };
}

/** Parameters that every request has. */
const STS_QUERY = { Action: 'GetCallerIdentity', Version: '2011-06-15' } as const;

/** Proves the sender of a command to a function. Throws CallFailed, InputInvalid. */
export type Prove = (command: object, functionName: string) => Promise<IdentityProof>;

/** The owner of some credentials. */
export interface SignedIn {
  /** As AWS reports it. Throws CallFailed. */
  readonly person: () => Promise<Person>;
  readonly prove: Prove;
}

/** Whether a signer can presign. AWS's own signers can; a client may have another one. */
function presigns(signer: RequestSigner): signer is RequestSigner & RequestPresigner {
  return 'presign' in signer;
}

/** The clock, and the environment, which may name an endpoint for STS. */
interface SigningOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly environment: Environment;
}

async function presign(sts: STSClient, region: string, digest: string, { clock, environment }: SigningOptions) {
  const { protocol, host } = stsPlace(region, environment);
  const { hostname } = new URL(`${protocol}//${host}`);
  const signer = await sts.config.signer();
  if (!presigns(signer)) throw new TypeError('the signer of the STS client cannot presign');
  const headers = { host, [PROOF_HEADER]: digest };
  const request = { method: 'GET', protocol, hostname, path: '/', query: { ...STS_QUERY }, headers };
  const signingDate = new Date(clock.now() + (sts.config.systemClockOffset ?? 0));
  return await signer.presign(request, { expiresIn: PROOF_SECONDS, signingDate, signingRegion: region });
}

function textOf(query: Readonly<Record<string, unknown>>, name: string): string {
  const value = query[name];
  if (typeof value !== 'string') throw new TypeError(`the presigned request has no ${name}`);
  return value;
}

function proofOf(query: Readonly<Record<string, unknown>>): IdentityProof {
  return {
    credential: textOf(query, 'X-Amz-Credential'),
    date: textOf(query, 'X-Amz-Date'),
    expires: Number(textOf(query, 'X-Amz-Expires')),
    signature: textOf(query, 'X-Amz-Signature'),
    ...('X-Amz-Security-Token' in query && { token: textOf(query, 'X-Amz-Security-Token') }),
  };
}

/** Identifies the owner of credentials and signs with them. */
export function signedIn(settings: ClientSettings, surroundings: SigningOptions): SignedIn {
  const sts = new STSClient(settings);
  const identity = lazily(async () => await call('GetCallerIdentity', sts.send(new GetCallerIdentityCommand({}))));
  const prove: Prove = async (command, functionName) => {
    const { Account: account = '' } = await identity();
    const region = await sts.config.region();
    const place = { region, account, partition: partition(region).name };
    const digest = await commandDigest(command, functionArn(functionName, place));
    const { query = {} } = await call('presign', presign(sts, place.region, digest, surroundings));
    return proofOf(query);
  };
  const person = async (): Promise<Person> => {
    const { Arn = '' } = await identity();
    return { name: principalName(Arn), arn: Arn, through: 'command-line' };
  };
  return { person, prove };
}

/** How long to wait for STS, ms. */
const ANSWER_WITHIN_MS = 5_000;

const CALL = STS_QUERY.Action;

/** Rebuilds the URL from validated parameters; the host never comes from the caller. */
function urlOf({ credential, date, expires, signature, token }: IdentityProof, { protocol, host }: StsPlace): URL {
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
}

/** A fault without the message of `fetch`, which may contain the URL and so the session token. */
function unanswered(error: unknown): CallFailed {
  const isLate = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
  const why = isLate ? `STS did not answer within ${ANSWER_WITHIN_MS / 1000} s` : 'STS cannot be reached';
  const told = new Error(`${why}: the caller is unknown, so nothing was done. Try again`);
  return new CallFailed(CALL, isLate ? 'TimeoutError' : 'NetworkError', true, told);
}

function unexpected(status: number, isRetryable: boolean): CallFailed {
  return new CallFailed(
    CALL,
    `http_${status}`,
    isRetryable,
    new Error('The answer of STS cannot be parsed: the caller is unknown, so nothing was done. Try again'),
  );
}

function isTemporary(status: number, code = ''): boolean {
  return status >= 500 || status === 429 || code.startsWith('Throttl');
}

function callerOf(status: number, text: string): Caller {
  if (status === 200) {
    const arn = callerArnIn(text);
    if (arn === undefined) throw unexpected(status, false);
    return { kind: 'proven', arn };
  }
  const code = refusalCodeIn(text);
  if (isTemporary(status, code) || status < 400) throw unexpected(status, status >= 400);
  return {
    kind: 'false',
    because: `STS rejects the proof of the caller's identity (${code ?? `status ${status}`}): it is for another command or function, or the credentials have expired`,
  };
}

/**
 * Asks STS who signed a request. STS knows the keys, and accepts the request only if no part of it was
 * changed. Redirects are not followed.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export function stsCallers({
  fetch,
  clock,
  environment,
}: Http & { readonly environment: Environment }): CallerVerifier {
  return {
    verify: async (given, digest, region) => {
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
  };
}
