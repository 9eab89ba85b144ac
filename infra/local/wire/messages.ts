/**
 * What a request's signature says: who calls which service in which region. The signature itself is not
 * verified.
 */
export interface CredentialScope {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
}

/** A complete HTTP request. */
export interface WireRequest {
  readonly method: string;
  /** Path and query string. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** An HTTP response. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A response, or `reset` if the connection breaks instead. */
export type Dispatched = Reply | 'reset';

/** A header as one string, with `, ` between repeated values; empty if the request does not have it. */
export function header(request: WireRequest, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : (value ?? []).join(', ');
}

/** The URL of a request. Its host has no meaning. */
export function urlOf(request: WireRequest): URL {
  return new URL(request.url, 'http://127.0.0.1');
}

/**
 * Reads `Credential=AKID/20261121/eu-central-1/ec2/aws4_request` from the Authorization header or from a
 * presigned query. Returns undefined for an unsigned request.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function credentialScope(request: WireRequest): CredentialScope | undefined {
  const presigned = urlOf(request).searchParams.get('X-Amz-Credential');
  const signed = /Credential=([^,\s]+)/.exec(header(request, 'authorization'))?.[1];
  const [accessKeyId, , region, service, terminator] = (signed ?? presigned ?? '').split('/');
  if (!accessKeyId || !region || !service || terminator !== 'aws4_request') return undefined;
  return { accessKeyId, region, service };
}
