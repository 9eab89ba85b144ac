import { proxyVariables, withoutSecrets } from '../shared/adapters/aws/clients/proxy.ts';
import { CallFailed, InputInvalid } from '../shared/domain/errors.ts';
import type { Environment } from '../shared/domain/runtime.ts';

/** Node's codes of a connection that was not made, or broke. */
const CONNECTION_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EPIPE',
  'TimeoutError',
]);

/** @see https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const CERTIFICATE_CODE = /CERT|UNABLE_TO_/;

const PROXY_LOGIN_NEEDED = 407;

/** `HTTPS_PROXY (http://proxy.example.com:3128/)`; undefined where no proxy is set. */
function proxyText(environment: Environment): string | undefined {
  const { https_proxy, http_proxy } = proxyVariables(environment);
  if (https_proxy !== undefined) return `HTTPS_PROXY (${withoutSecrets(https_proxy)})`;
  return http_proxy === undefined ? undefined : `HTTP_PROXY (${withoutSecrets(http_proxy)})`;
}

function statusOf({ cause }: CallFailed): unknown {
  return cause instanceof Error && 'statusCode' in cause ? cause.statusCode : undefined;
}

/**
 * Why AWS was not reached, and the way out: a proxy, the network or a certificate. Undefined for every other failure.
 *
 * @param error of any call.
 * @param environment names the proxy.
 */
export function connectionReason(error: CallFailed, environment: Environment): string | undefined {
  const { call, code, cause } = error;
  const proxy = proxyText(environment);
  const detail = `${call}: ${cause instanceof Error && cause.message !== '' ? cause.message : code}`;
  if (code === 'ERR_PROXY_TUNNEL')
    return statusOf(error) === PROXY_LOGIN_NEEDED
      ? `the proxy wants a login (${detail}): set HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT`
      : `the proxy does not connect to AWS (${detail}): check ${proxy ?? 'HTTPS_PROXY'}, or name the host in NO_PROXY to go without it`;
  if (CERTIFICATE_CODE.test(code))
    return `the certificate of AWS is not trusted (${detail}): if a proxy looks into TLS, set AWS_CA_BUNDLE to a file with its certificate`;
  if (!CONNECTION_CODES.has(code)) return undefined;
  return proxy === undefined
    ? `AWS was not reached (${detail}): check the network and the region; behind a proxy, set HTTPS_PROXY`
    : `AWS was not reached (${detail}): check ${proxy}, or name the host in NO_PROXY to go without the proxy`;
}

/** What the SDK says if it finds no credentials at all, which tells a person nothing. */
const NO_CREDENTIALS_FOUND = 'Could not load credentials from any providers';

/** Why there are no credentials, in brackets after a space, such as a session that has ended; empty if there are none at all. */
export function credentialsDetail({ code, cause }: CallFailed): string {
  if (code !== 'CredentialsProviderError' || !(cause instanceof Error) || cause.message === NO_CREDENTIALS_FOUND)
    return '';
  return ` (${cause.message.replace(/^Error(?: \[\w+\])?: /, '')})`;
}

/** What was called with whose rights, for messages. */
export interface CallContext {
  /** The thing called, such as `function on-grant`. */
  readonly thing: string;
  /** The permission that it takes. */
  readonly permission: string;
  /** The option that names another one. */
  readonly option: string;
  readonly region: string;
  /** The option that names the region. Absent: `region`. */
  readonly regionOption?: string;
  /** Names the proxy. */
  readonly environment: Environment;
}

const SIGN_IN: ReadonlySet<string> = new Set([
  'CredentialsProviderError',
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'ExpiredToken',
  'ExpiredTokenException',
  'TokenRefreshRequired',
]);

const DENIED: ReadonlySet<string> = new Set(['AccessDenied', 'AccessDeniedException']);

/** What a failed call means to a person, and the way out; undefined where nothing is known of it. */
function failureReason(error: CallFailed, called: CallContext): string | undefined {
  const { code, call, retryable, message } = error;
  const { thing, permission, option, region, regionOption = 'region', environment } = called;
  const place = `${thing} in ${region}`;
  const unconnected = connectionReason(error, environment);
  if (unconnected !== undefined) return unconnected;
  if (SIGN_IN.has(code))
    return `no AWS credentials that are valid${credentialsDetail(error)}: give --profile NAME or credentials in the environment, or sign in again`;
  if (DENIED.has(code)) return `${place}: access denied; these credentials need ${permission} on it`;
  if (code === 'ResourceNotFoundException')
    return `there is no ${place}: give --${option} NAME, --${regionOption} REGION or --profile NAME`;
  if (retryable) return `${place} did not answer (${code}): ask again, nothing is done twice`;
  return thing.endsWith(` ${call}`)
    ? `${place} failed: ${message}; ask again, it goes on where it broke off, and its log has the rest`
    : undefined;
}

/** What a call to the cell threw, with the thing, the reason and the way out; what is not known stays as it is. */
export function explainFailure(error: unknown, called: CallContext): unknown {
  if (!(error instanceof CallFailed)) return error;
  const reason = failureReason(error, called);
  return reason === undefined ? error : new InputInvalid(reason, { cause: error });
}
