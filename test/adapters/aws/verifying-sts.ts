import { createHash, createHmac } from 'node:crypto';

/** Who holds a key, and its secret. */
export interface Holder {
  readonly secret: string;
  readonly arn: string;
  /** Of a session. */
  readonly token?: string;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function escaped(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

/**
 * The signature of a presigned request, by AWS's description of the algorithm alone.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
function signatureOf(url: URL, headers: Headers, secret: string): string {
  const query = [...url.searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
    .toSorted()
    .join('&');
  const signed = url.searchParams.get('X-Amz-SignedHeaders') ?? '';
  const lines = signed.split(';').map((name) => `${name}:${name === 'host' ? url.host : headers.get(name)}\n`);
  const canonical = ['GET', url.pathname, query, lines.join(''), signed, sha256('')].join('\n');
  const [, ...scope] = (url.searchParams.get('X-Amz-Credential') ?? '').split('/');
  const text = ['AWS4-HMAC-SHA256', url.searchParams.get('X-Amz-Date'), scope.join('/'), sha256(canonical)].join('\n');
  const key = scope.reduce((sofar: string | Buffer, part) => hmac(sofar, part), `AWS4${secret}`);
  return hmac(key, text).toString('hex');
}

function refusal(code: string): Response {
  return Response.json({ Error: { Code: code, Message: 'no', Type: 'Sender' }, RequestId: '1' }, { status: 403 });
}

/**
 * STS as AWS has it, in the place of fetch: it knows secrets, and answers only to what was signed with them.
 */
export function verifyingSts(holders: Readonly<Record<string, Holder>>) {
  const asked: URL[] = [];
  const fetch = async (url: URL, { headers }: RequestInit): Promise<Response> => {
    asked.push(url);
    const [keyId = ''] = (url.searchParams.get('X-Amz-Credential') ?? '').split('/');
    const holder = Object.hasOwn(holders, keyId) ? holders[keyId] : undefined;
    if (holder === undefined) return refusal('InvalidClientTokenId');
    if ((url.searchParams.get('X-Amz-Security-Token') ?? undefined) !== holder.token) return refusal('ExpiredToken');
    const signature = signatureOf(url, new Headers(headers), holder.secret);
    if (signature !== url.searchParams.get('X-Amz-Signature')) return refusal('SignatureDoesNotMatch');
    return Response.json({
      GetCallerIdentityResponse: {
        GetCallerIdentityResult: { Account: '111122223333', Arn: holder.arn, UserId: 'AIDAEXAMPLE' },
        ResponseMetadata: { RequestId: '1' },
      },
    });
  };
  return { fetch, asked };
}
