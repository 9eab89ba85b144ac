import { AwsError } from '../account/aws-error.ts';
import type { FunctionHost } from '../function-host.ts';
import type { InvocationResult } from '../invocation.ts';
import type { Service } from './service.ts';
import { header, type Reply, type WireRequest } from './wire.ts';

/** The one call of Lambda's that this service answers. @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
const PATH = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/** An invocation as the request states it. `payload` is the event, parsed. */
interface InvokeInput {
  readonly FunctionName: string;
  readonly InvocationType: 'Event' | 'RequestResponse';
  readonly payload: unknown;
}

const pathOf = ({ url }: WireRequest): string => new URL(url, 'http://127.0.0.1').pathname;

/** A name, an ARN, or `account:function:NAME`, each with `:ALIAS` behind it or not. */
const NAMED = /^(?:(?:arn:[\w-]+:lambda:[\w-]+:)?\d{12}:function:)?([\w-]+(?::[\w$-]+)?)$/;

/** `NAME` or `NAME:ALIAS`; the alias may also come in the query. */
function nameIn({ url }: WireRequest): string {
  const { pathname, searchParams } = new URL(url, 'http://127.0.0.1');
  const named = decodeURIComponent(PATH.exec(pathname)?.[1] ?? '');
  const name = NAMED.exec(named)?.[1] ?? named;
  const qualifier = searchParams.get('Qualifier');
  if (qualifier === null || name.endsWith(`:${qualifier}`)) return name;
  if (!name.includes(':')) return `${name}:${qualifier}`;
  const message = 'The derived qualifier from the function name does not match the specified qualifier.';
  throw new AwsError('InvalidParameterValueException', message);
}

function eventIn(body: string): unknown {
  try {
    return JSON.parse(body === '' ? '{}' : body);
  } catch (cause) {
    const message = `Could not parse request body into json: ${String(cause)}`;
    throw new AwsError('InvalidRequestContentException', message);
  }
}

function typeOf(request: WireRequest): InvokeInput['InvocationType'] {
  const stated = header(request, 'x-amz-invocation-type') || 'RequestResponse';
  if (stated === 'Event' || stated === 'RequestResponse') return stated;
  throw new AwsError('InvalidParameterValueException', `The invocation type ${stated} is not known here`);
}

const inputOf = (request: WireRequest): InvokeInput => ({
  FunctionName: nameIn(request),
  InvocationType: typeOf(request),
  payload: eventIn(request.body),
});

const headersWith = (requestId: string, more: Readonly<Record<string, string>> = {}) => ({
  'content-type': 'application/json',
  'x-amzn-requestid': requestId,
  ...more,
});

/** What the function threw, as the runtime tells it. */
const failureOf = (error: unknown): object => ({
  errorType: error instanceof Error ? error.name : 'Error',
  errorMessage: error instanceof Error ? error.message : String(error),
  trace: error instanceof Error ? (error.stack ?? '').split('\n') : [],
});

/** Most bytes of a synchronous invocation. @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MOST_BYTES = { request: 6_291_456, response: 6_291_556 } as const;

/** Holds a synchronous invocation to Lambda's size limits: an answer that is too large is a failure of the function. */
function withinLimits(result: () => Promise<InvocationResult>, event: string): Promise<InvocationResult> {
  if (Buffer.byteLength(event) > MOST_BYTES.request) {
    const message = `Request must be smaller than ${MOST_BYTES.request} bytes for the InvokeFunction operation`;
    throw new AwsError('RequestEntityTooLargeException', message, 413);
  }
  return result().then((answer) => {
    if ('error' in answer || Buffer.byteLength(JSON.stringify(answer.value ?? null)) <= MOST_BYTES.response)
      return answer;
    const message = `Response payload size exceeded maximum allowed payload size (${MOST_BYTES.response} bytes).`;
    return { error: Object.assign(new Error(message), { name: 'Function.ResponseSizeTooLarge' }) };
  });
}

/** That the function failed is no failure of the call: its status is 200 all the same. */
function answered(result: InvocationResult, requestId: string): Reply {
  const executed = { 'x-amz-executed-version': '$LATEST' };
  if ('error' in result) {
    const headers = headersWith(requestId, { ...executed, 'x-amz-function-error': 'Unhandled' });
    return { status: 200, headers, body: JSON.stringify(failureOf(result.error)) };
  }
  return { status: 200, headers: headersWith(requestId, executed), body: JSON.stringify(result.value ?? null) };
}

/** Lambda's Invoke in its wire protocol (REST-JSON): the functions run in this process. */
export function invokeService(host: FunctionHost): Service {
  return {
    operationOf(request) {
      if (request.method === 'POST' && PATH.test(pathOf(request))) return 'Invoke';
      throw new AwsError(
        'UnknownOperationException',
        `${request.method} ${pathOf(request)} is no call known here`,
        404,
      );
    },
    read: async (request) => inputOf(request),
    async perform({ request, region, requestId, activity }) {
      const { FunctionName: name, InvocationType, payload } = inputOf(request);
      if (!host.has(name)) {
        const arn = `arn:aws:lambda:${region.name}:${region.account.id}:function:${name}`;
        throw new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, 404);
      }
      if (InvocationType === 'RequestResponse') {
        const result = await withinLimits(
          async () => await host.invoke(name, region.name, payload, activity),
          request.body,
        );
        return { output: {}, reply: answered(result, requestId) };
      }
      host.invokeLater(name, region.name, payload);
      return { output: {}, reply: { status: 202, headers: headersWith(requestId), body: '' } };
    },
    refuse: ({ code, message, status }, requestId) => ({
      status,
      headers: headersWith(requestId, { 'x-amzn-errortype': code }),
      body: JSON.stringify({ Type: 'User', message }),
    }),
    close: async () => undefined,
  };
}
