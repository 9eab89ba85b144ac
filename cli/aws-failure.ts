import { proxyVariables, withoutSecrets } from '../shared/adapters/aws/clients/proxy.ts';
import { CallFailed, InputInvalid } from '../shared/domain/errors.ts';
import type { Environment } from '../shared/domain/runtime.ts';

/** Node's error codes for a connection that failed or broke. */
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

/** `HTTPS_PROXY (http://proxy.example.com:3128/)`; undefined if no proxy is set. */
function proxyText(environment: Environment): string | undefined {
  const { https_proxy, http_proxy } = proxyVariables(environment);
  if (https_proxy !== undefined) return `HTTPS_PROXY (${withoutSecrets(https_proxy)})`;
  return http_proxy === undefined ? undefined : `HTTP_PROXY (${withoutSecrets(http_proxy)})`;
}

function statusOf({ cause }: CallFailed): unknown {
  return cause instanceof Error && 'statusCode' in cause ? cause.statusCode : undefined;
}

/**
 * Explains why AWS was not reached and what to do: because of a proxy, the network or a certificate. Returns
 * undefined for every other failure.
 *
 * @param environment has the proxy variables.
 */
export function connectionReason(error: CallFailed, environment: Environment): string | undefined {
  const { call, code, cause } = error;
  const proxy = proxyText(environment);
  const detail = `${call}: ${cause instanceof Error && cause.message !== '' ? cause.message : code}`;
  if (code === 'ERR_PROXY_TUNNEL')
    return statusOf(error) === PROXY_LOGIN_NEEDED
      ? `the proxy requires a login (${detail}): set HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT`
      : `the proxy does not connect to AWS (${detail}): check ${proxy ?? 'HTTPS_PROXY'}, or name the host in NO_PROXY to go without it`;
  if (CERTIFICATE_CODE.test(code))
    return `the certificate of AWS is not trusted (${detail}): if a proxy inspects TLS, set AWS_CA_BUNDLE to a file with its certificate`;
  if (!CONNECTION_CODES.has(code)) return undefined;
  return proxy === undefined
    ? `AWS was not reached (${detail}): check the network and the region; behind a proxy, set HTTPS_PROXY`
    : `AWS was not reached (${detail}): check ${proxy}, or name the host in NO_PROXY to go without the proxy`;
}

/** The SDK's message if it finds no credentials. It does not help the user, so it is left out. */
const NO_CREDENTIALS_FOUND = 'Could not load credentials from any providers';

/**
 * The reason why credentials could not be loaded, in brackets after a space, such as an expired session.
 * Empty if none are configured.
 */
export function credentialsDetail({ code, cause }: CallFailed): string {
  if (code !== 'CredentialsProviderError' || !(cause instanceof Error) || cause.message === NO_CREDENTIALS_FOUND)
    return '';
  return ` (${cause.message.replace(/^Error(?: \[\w+\])?: /, '')})`;
}

/** A call, as error messages describe it. */
export interface CallContext {
  /** The called resource, such as `function on-grant`. */
  readonly thing: string;
  /** The IAM permission that the call needs. */
  readonly permission: string;
  /** The option that selects another resource. */
  readonly option: string;
  readonly region: string;
  /** The option that selects the region (default `region`). */
  readonly regionOption?: string;
  /** Has the proxy variables. */
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

/** Explains a failed call and what to do. Returns undefined if the cause is unknown. */
function failureReason(error: CallFailed, called: CallContext): string | undefined {
  const { code, call, retryable, message } = error;
  const { thing, permission, option, region, regionOption = 'region', environment } = called;
  const place = `${thing} in ${region}`;
  const unconnected = connectionReason(error, environment);
  if (unconnected !== undefined) return unconnected;
  if (SIGN_IN.has(code))
    return `no valid AWS credentials${credentialsDetail(error)}: give --profile NAME or credentials in the environment, or sign in again`;
  if (DENIED.has(code)) return `${place}: access denied; these credentials need ${permission} on it`;
  if (code === 'ResourceNotFoundException')
    return `there is no ${place}: give --${option} NAME, --${regionOption} REGION or --profile NAME`;
  if (retryable) return `${place} did not answer (${code}): run the command again; nothing is done twice`;
  return thing.endsWith(` ${call}`)
    ? `${place} failed: ${message}; run the command again: it continues where it stopped, and the log of the function has details`
    : undefined;
}

/**
 * Turns the error of a call into a message with the resource, the reason and what to do. An error of unknown
 * cause is returned unchanged.
 */
export function explainFailure(error: unknown, called: CallContext): unknown {
  if (!(error instanceof CallFailed)) return error;
  const reason = failureReason(error, called);
  return reason === undefined ? error : new InputInvalid(reason, { cause: error });
}
