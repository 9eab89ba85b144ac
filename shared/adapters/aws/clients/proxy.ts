import { readFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { InputInvalid } from '../../../domain/errors.ts';
import type { Environment } from '../../../domain/runtime.ts';

/** The variables that Node's agents read, in the format that they accept. */
export interface ProxyVariables {
  readonly http_proxy?: string;
  readonly https_proxy?: string;
  readonly no_proxy?: string;
}

/** Options of the agents of the SDK's own handler. */
const CONNECTIONS = { keepAlive: true, maxSockets: 50 } as const;

/** A variable in lower case takes precedence over the one in upper case, even if it is empty. */
function variable(environment: Environment, name: string): string | undefined {
  return (environment[name] ?? environment[name.toUpperCase()])?.trim() || undefined;
}

/** A URL without its user and password, for messages. */
export function withoutSecrets(url: string): string {
  return url.replace(/^([^/]*\/\/)?.*@/, '$1…@');
}

function parseProxyUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.hostname === '') return undefined;
  // Node's agent decodes user and password, and throws over a percent sign that encodes nothing.
  return /%(?![0-9a-f]{2})/i.test(url.username + url.password) ? undefined : url;
}

/** A proxy without a scheme is an HTTP proxy, as for the AWS CLI. */
function proxyUrl(environment: Environment, name: string): string | undefined {
  const value = variable(environment, name);
  if (value === undefined) return undefined;
  const text = value.startsWith('//') ? `http:${value}` : /^[a-z0-9+.-]+:\/\//i.test(value) ? value : `http://${value}`;
  const url = parseProxyUrl(text);
  if (url !== undefined) return url.href;
  throw new InputInvalid(
    `${name.toUpperCase()}: ${JSON.stringify(withoutSecrets(value))} is not a valid proxy: expected http://HOST:PORT or https://HOST:PORT, with special characters of user and password as %XX`,
  );
}

/**
 * In NO_PROXY a name includes all hosts below it. Node's agents match subdomains only for a name with a
 * leading dot.
 */
function withSubdomains(list: string): string {
  return list
    .split(',')
    .map((name) => name.trim().replace(/^\.+/, ''))
    .filter((name) => name !== '')
    .flatMap((name) => (name === '*' ? [name] : [name, `.${name}`]))
    .join(',');
}

/**
 * Reads HTTPS_PROXY, HTTP_PROXY and NO_PROXY as the AWS CLI does, which uses Python's urllib.
 *
 * @throws InputInvalid for a proxy that is not a URL, or of another kind (SOCKS).
 * @see https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-proxy.html
 * @see https://github.com/python/cpython/blob/3.13/Lib/urllib/request.py (getproxies_environment, proxy_bypass_environment)
 */
export function proxyVariables(environment: Environment): ProxyVariables {
  const [http, https] = [proxyUrl(environment, 'http_proxy'), proxyUrl(environment, 'https_proxy')];
  const bypassed = variable(environment, 'no_proxy');
  return {
    ...(http !== undefined && { http_proxy: http }),
    ...(https !== undefined && { https_proxy: https }),
    ...(bypassed !== undefined && { no_proxy: withSubdomains(bypassed) }),
  };
}

/**
 * The certificates in AWS_CA_BUNDLE, which replace Node's own: a proxy that inspects TLS has its own
 * certificate.
 */
function authorities(environment: Environment): { readonly ca?: Buffer } {
  const file = environment['AWS_CA_BUNDLE'];
  if (!file) return {};
  try {
    return { ca: readFileSync(file) };
  } catch (error) {
    throw new InputInvalid(`AWS_CA_BUNDLE: ${file} cannot be read`, { cause: error });
  }
}

function canProxy(): boolean {
  return process.allowedNodeEnvironmentFlags.has('--use-env-proxy');
}

/** Agents that connect through the proxies in the environment. */
export interface ProxyAgents {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
}

/**
 * Agents for the SDK's handler; undefined if the environment has neither a proxy nor certificates, so that
 * the SDK uses its own agents.
 *
 * @throws InputInvalid for invalid variables.
 */
export function proxyAgents(environment: Environment): ProxyAgents | undefined {
  const { no_proxy, ...proxies } = proxyVariables(environment);
  const ca = authorities(environment);
  const hasProxy = Object.keys(proxies).length > 0;
  if (!hasProxy && ca.ca === undefined) return undefined;
  if (hasProxy && !canProxy())
    throw new InputInvalid(
      `Node ${process.version} does not support proxies: use Node 24.5 or later, or unset HTTPS_PROXY and HTTP_PROXY`,
    );
  const proxyEnv = { ...proxies, ...(no_proxy !== undefined && { no_proxy }) };
  return {
    httpAgent: new HttpAgent({ ...CONNECTIONS, proxyEnv }),
    httpsAgent: new HttpsAgent({ ...CONNECTIONS, ...ca, proxyEnv }),
  };
}
