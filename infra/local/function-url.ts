import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { FunctionHost } from './function-host.ts';
import type { Network } from './network/network.ts';
import { header, type Reply, type WireRequest } from './server/wire.ts';

/** A function's URL on this machine. */
export interface FunctionUrl {
  /** `http://127.0.0.1:PORT/` */
  readonly url: string;
  close(): Promise<void>;
}

/** Headers as a function URL hands them on: lower case, each once, repeated ones with commas between. */
const headersOf = (request: WireRequest): Record<string, string> =>
  Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, header(request, name)]],
    ),
  );

/**
 * The event of a request, payload format 2.0. Lambda hands on a body in base64 unless its type says that it is text, and counts forms as
 * not text.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 */
function eventOf(request: WireRequest, now: number): APIGatewayProxyEventV2 {
  const { method, url, body } = request;
  const { pathname, search } = new URL(url, 'http://127.0.0.1');
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: pathname,
    rawQueryString: search.slice(1),
    headers: headersOf(request),
    requestContext: {
      accountId: 'anonymous',
      apiId: 'local',
      domainName: 'local.lambda-url.local.on.aws',
      domainPrefix: 'local',
      http: {
        method,
        path: pathname,
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: header(request, 'user-agent'),
      },
      requestId: 'local',
      routeKey: '$default',
      stage: '$default',
      time: new Date(now).toUTCString(),
      timeEpoch: now,
    },
    ...(body !== '' && { body: Buffer.from(body).toString('base64') }),
    isBase64Encoded: body !== '',
  };
}

/** A function's result on the wire; a result that is no answer in this form is sent as it is, as JSON. */
function replyOf(value: unknown): Reply {
  const answer: APIGatewayProxyStructuredResultV2 = Object(value);
  const headers = Object.entries(answer.headers ?? {}).map(([name, text]) => [name, String(text)]);
  return {
    status: answer.statusCode ?? 200,
    headers: { 'content-type': 'application/json', ...Object.fromEntries(headers) },
    body: answer.statusCode === undefined ? JSON.stringify(value ?? null) : (answer.body ?? ''),
  };
}

/** Puts a function behind a URL. A function that throws is answered for with 502, as Lambda does. */
export async function functionUrl(
  {
    functions,
    clock,
    network,
  }: { readonly functions: FunctionHost; readonly clock: { now(): number }; readonly network: Network },
  { name, region }: { readonly name: string; readonly region: string },
): Promise<FunctionUrl> {
  const server = await network.listen(0, async (request, activity) => {
    const result = await functions.invoke(name, region, eventOf(request, clock.now()), activity);
    return replyOf('error' in result ? { statusCode: 502, body: 'Internal Server Error' } : result.value);
  });
  return { url: `${server.endpoint}/`, close: async () => await server.close() };
}
