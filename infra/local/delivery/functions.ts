import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Network } from '../network/network.ts';
import type { Account } from '../state/account.ts';
import type { Activity } from '../time/clock.ts';
import { header, type Reply, urlOf, type WireRequest } from '../wire/messages.ts';
import type { Background, FailureMessage } from './background.ts';
import {
  type AsyncSettings,
  type DeliveryFailure,
  functionArnOf,
  type InvocationOptions,
  type InvocationResult,
  invokeOnce,
  type Target,
} from './invocation.ts';

/**
 * A function on this machine. Its own settings for asynchronous invocations apply to invocations by its bare
 * name.
 */
interface HostedFunction extends AsyncSettings, Pick<InvocationOptions, 'timeoutMs'> {
  readonly name: string;
  /** Aliases, each with its own settings for asynchronous invocations. Default: none. */
  readonly aliases?: Readonly<Record<string, AsyncSettings>>;
  readonly target: Target;
}

/** The message for an event without a function, for the queue of the service that delivers the event. */
type Undeliverable = (failure: DeliveryFailure) => FailureMessage | undefined;

/** The functions of an account, in all regions. A name is `NAME`, or `NAME:ALIAS` for an alias. */
export interface FunctionHost {
  /** Deploys a function, or replaces the function of the same name. */
  deploy(hosted: HostedFunction): void;
  has(name: string): boolean;
  /**
   * Invokes a function and waits for its result, as part of the activity. For an unknown name, the result is
   * a RangeError.
   */
  invoke(name: string, region: string, event: unknown, parent?: Activity): Promise<InvocationResult>;
  /** Starts an asynchronous invocation. Throws RangeError for an unknown name. */
  invokeLater(name: string, region: string, event: unknown): void;
  /**
   * Starts an asynchronous invocation for a service that delivers events. An event for an unknown function
   * fails for good and goes to the service's queue, if any.
   */
  deliver(name: string, region: string, event: unknown, undeliverable?: Undeliverable): void;
}

function notFound(name: string): RangeError {
  return new RangeError(`The function ${name} does not exist`);
}

/** A host without functions. */
export function functionHost({ id: accountId, random, clock }: Account, background: Background): FunctionHost {
  const functions = new Map<string, HostedFunction>();

  function find(functionName: string, region: string): InvocationOptions | undefined {
    const [bare = '', alias] = functionName.split(':');
    const hosted = functions.get(bare);
    const settings = alias === undefined ? hosted : hosted?.aliases?.[alias];
    if (!hosted || !settings) return undefined;
    const { target, timeoutMs } = hosted;
    return { ...settings, target, timeoutMs, functionName, accountId, region, random, clock };
  }

  function giveUp(functionName: string, region: string, event: unknown, undeliverable?: Undeliverable): void {
    const functionArn = functionArnOf({ region, accountId, functionName });
    const failure: DeliveryFailure = {
      functionName,
      functionArn,
      event,
      awsRequestId: '',
      error: notFound(functionName),
      attempts: 0,
      condition: 'FunctionNotFound',
    };
    background.recordFailure(failure, undeliverable?.(failure));
  }

  return {
    deploy: (hosted) => void functions.set(hosted.name, hosted),
    has: (name) => find(name, '') !== undefined,
    async invoke(name, region, event, parent) {
      const options = find(name, region);
      return options ? await invokeOnce(options, event, parent) : { error: notFound(name) };
    },
    invokeLater(name, region, event) {
      const options = find(name, region);
      if (!options) throw notFound(name);
      background.invoke(options, event);
    },
    deliver(name, region, event, undeliverable) {
      const options = find(name, region);
      if (options) background.invoke(options, event);
      else giveUp(name, region, event, undeliverable);
    },
  };
}

/** A function's URL on this machine. */
export interface FunctionUrl {
  /** `http://127.0.0.1:PORT/` */
  readonly url: string;
  close(): Promise<void>;
}

/** Headers in a function URL's event: names in lower case, repeated values joined by commas. */
function headersOf(request: WireRequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, header(request, name)]],
    ),
  );
}

/**
 * The event of a request, payload format 2.0. Lambda encodes a body in base64 unless its content type is
 * text. A form is not text.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 */
function eventOf(request: WireRequest, now: number): APIGatewayProxyEventV2 {
  const { method, body } = request;
  const { pathname, search } = urlOf(request);
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

/** The response for a function's result. A result in another form is sent as JSON. */
function replyOf(value: unknown): Reply {
  const answer: APIGatewayProxyStructuredResultV2 = Object(value);
  const headers = Object.entries(answer.headers ?? {}).map(([name, text]) => [name, String(text)]);
  return {
    status: answer.statusCode ?? 200,
    headers: { 'content-type': 'application/json', ...Object.fromEntries(headers) },
    body: answer.statusCode === undefined ? JSON.stringify(value ?? null) : (answer.body ?? ''),
  };
}

/** Creates a URL for a function. If the function throws, the response is 502, as in Lambda. */
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
