/** The services that the embedded account answers for, as the SigV4 credential scope names them. */
export const SERVICES = [
  'ec2',
  'lambda',
  'sns',
  'sqs',
  'ssm',
  'sts',
  'iam',
  'secretsmanager',
  'dynamodb',
  'config',
  'events',
  'securityhub',
  'cloudtrail',
] as const;

/** One of the services. */
export type ServiceName = (typeof SERVICES)[number];

/** What a request's signature says: who calls which service in which region. The signature itself is not verified. */
export interface CredentialScope {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
}

/** A request as it came over the wire, with its body read to the end. */
export interface WireRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** An answer to be written to the wire. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer, or `reset` if the connection is to break. */
export type Dispatched = Reply | 'reset';

/** A header that may be repeated, as one string; empty where it is absent. */
export function header(request: WireRequest, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : (value ?? []).join(', ');
}

/**
 * Reads `Credential=AKID/20261121/eu-central-1/ec2/aws4_request` from the Authorization header or a presigned query.
 * `undefined` where there is none.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function credentialScope(request: WireRequest): CredentialScope | undefined {
  const presigned = new URL(request.url, 'http://127.0.0.1').searchParams.get('X-Amz-Credential');
  const signed = /Credential=([^,\s]+)/.exec(header(request, 'authorization'))?.[1];
  const [accessKeyId, , region, service, terminator] = (signed ?? presigned ?? '').split('/');
  if (!accessKeyId || !region || !service || terminator !== 'aws4_request') return undefined;
  return { accessKeyId, region, service };
}
