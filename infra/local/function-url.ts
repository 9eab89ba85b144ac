import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { FunctionHost } from './function-host.ts';

/** A function's URL on this machine. */
export interface FunctionUrl {
  /** `http://127.0.0.1:PORT/` */
  readonly url: string;
  close(): Promise<void>;
}

/** Headers as a function URL hands them on: lower case, each once, repeated ones with commas between. */
const headersOf = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );

/**
 * The event of a request, payload format 2.0. A body that is no text by its type is handed on in base64, and Lambda counts forms so.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 */
async function eventOf(request: IncomingMessage, now: number): Promise<APIGatewayProxyEventV2> {
  const { pathname, search } = new URL(request.url ?? '/', 'http://127.0.0.1');
  const body = await buffer(request);
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
        method: request.method ?? 'GET',
        path: pathname,
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId: 'local',
      routeKey: '$default',
      stage: '$default',
      time: new Date(now).toUTCString(),
      timeEpoch: now,
    },
    ...(body.length > 0 && { body: body.toString('base64') }),
    isBase64Encoded: body.length > 0,
  };
}

/** What a function answered, on the wire; anything that is no answer of this form is sent as it is, as JSON. */
function write(response: ServerResponse, value: unknown): void {
  const answer: APIGatewayProxyStructuredResultV2 = Object(value);
  const isForm = answer.statusCode !== undefined;
  response.writeHead(answer.statusCode ?? 200, {
    'content-type': 'application/json',
    ...Object.fromEntries(Object.entries(answer.headers ?? {}).map(([name, text]) => [name, String(text)])),
  });
  response.end(isForm ? (answer.body ?? '') : JSON.stringify(value ?? null));
}

/** Puts a function behind a URL, on 127.0.0.1 only. A function that throws is answered for with 502, as Lambda does. */
export async function functionUrl(
  { functions, clock }: { readonly functions: FunctionHost; readonly clock: { now(): number } },
  { name, region }: { readonly name: string; readonly region: string },
): Promise<FunctionUrl> {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const result = await functions.invoke(name, region, await eventOf(request, clock.now()));
    write(response, 'error' in result ? { statusCode: 502, body: 'Internal Server Error' } : result.value);
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((cause: unknown) => {
      response.destroy(cause instanceof Error ? cause : new Error(String(cause)));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address: AddressInfo = Object(server.address());
  return {
    url: `http://127.0.0.1:${address.port}/`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
