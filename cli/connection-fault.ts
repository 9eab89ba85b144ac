import { proxyVariables, withoutSecrets } from '../shared/adapters/aws/clients/proxy.ts';
import type { CallFailed } from '../shared/domain/errors.ts';
import type { Environment } from '../shared/domain/ports.ts';

/** Node's codes of a connection that was not made, or broke. */
const UNCONNECTED: ReadonlySet<string> = new Set([
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
const UNTRUSTED = /CERT|UNABLE_TO_/;

const REFUSED_LOGIN = 407;

/** `HTTPS_PROXY (http://proxy.example.com:3128/)`; undefined where no proxy is set. */
const proxyIn = (environment: Environment): string | undefined => {
  const { https_proxy, http_proxy } = proxyVariables(environment);
  if (https_proxy !== undefined) return `HTTPS_PROXY (${withoutSecrets(https_proxy)})`;
  return http_proxy === undefined ? undefined : `HTTP_PROXY (${withoutSecrets(http_proxy)})`;
};

const statusOf = ({ cause }: CallFailed): unknown =>
  cause instanceof Error && 'statusCode' in cause ? cause.statusCode : undefined;

/**
 * Why AWS was not reached, and the way out: a proxy, the network or a certificate. Undefined for every other failure.
 *
 * @param error of any call.
 * @param environment names the proxy.
 */
export const connectionReason = (error: CallFailed, environment: Environment): string | undefined => {
  const { call, code, cause } = error;
  const proxy = proxyIn(environment);
  const detail = `${call}: ${cause instanceof Error && cause.message !== '' ? cause.message : code}`;
  if (code === 'ERR_PROXY_TUNNEL')
    return statusOf(error) === REFUSED_LOGIN
      ? `the proxy wants a login (${detail}): set HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT`
      : `the proxy does not connect to AWS (${detail}): check ${proxy ?? 'HTTPS_PROXY'}, or name the host in NO_PROXY to go without it`;
  if (UNTRUSTED.test(code))
    return `the certificate of AWS is not trusted (${detail}): if a proxy looks into TLS, set AWS_CA_BUNDLE to a file with its certificate`;
  if (!UNCONNECTED.has(code)) return undefined;
  return proxy === undefined
    ? `AWS was not reached (${detail}): check the network and the region; behind a proxy, set HTTPS_PROXY`
    : `AWS was not reached (${detail}): check ${proxy}, or name the host in NO_PROXY to go without the proxy`;
};

/** What the SDK says if it finds no credentials at all, which tells a person nothing. */
const NONE_FOUND = 'Could not load credentials from any providers';

/** Why there are no credentials, in brackets after a space, such as a session that has ended; empty if there are none at all. */
export const credentialsDetail = ({ code, cause }: CallFailed): string => {
  if (code !== 'CredentialsProviderError' || !(cause instanceof Error) || cause.message === NONE_FOUND) return '';
  return ` (${cause.message.replace(/^Error(?: \[\w+\])?: /, '')})`;
};
