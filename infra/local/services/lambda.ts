import type {
  FunctionConfiguration,
  ListFunctionsRequest,
  ListFunctionsResponse,
  VpcConfigResponse,
} from '@aws-sdk/client-lambda';
import type { FunctionHost } from '../delivery/functions.ts';
import type { InvocationResult } from '../delivery/invocation.ts';
import type { Region } from '../state/account.ts';
import { AwsError, type Operations } from '../state/operation.ts';
import type { FunctionRecord, VpcConfigRecord } from '../state/records.ts';
import { restJsonService } from '../wire/json.ts';
import { header, type Reply, type WireRequest } from '../wire/messages.ts';
import type { Service } from '../wire/service.ts';
import { pageOf } from './listing.ts';

/** The most that Lambda gives in one page, whatever is asked for. */
const MOST_FUNCTIONS = 50;

function invalidValue(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message);
}

/** A function outside of any VPC has an empty configuration. */
function vpcConfigOf(config: VpcConfigRecord | undefined): VpcConfigResponse {
  const { vpcId = '', subnetIds = [], groupIds = [] } = config ?? {};
  return { SubnetIds: [...subnetIds], SecurityGroupIds: [...groupIds], VpcId: vpcId, Ipv6AllowedForDualStack: false };
}

function describedVersion(
  region: Region,
  { name }: FunctionRecord,
  version: string,
  config: VpcConfigRecord | undefined,
): FunctionConfiguration {
  const arn = `arn:aws:lambda:${region.name}:${region.account.id}:function:${name}`;
  return {
    FunctionName: name,
    FunctionArn: version === '$LATEST' ? arn : `${arn}:${version}`,
    Version: version,
    PackageType: 'Zip',
    VpcConfig: vpcConfigOf(config),
  };
}

function versionsOf(region: Region, one: FunctionRecord, all: boolean): readonly FunctionConfiguration[] {
  const latest = describedVersion(region, one, '$LATEST', one.vpcConfig);
  if (!all) return [latest];
  return [latest, ...one.published.map((config, index) => describedVersion(region, one, String(index + 1), config))];
}

/**
 * ListFunctions: the unpublished version of each, with `FunctionVersion` ALL the published ones, too. A page has 50 at the most. Throws
 * InvalidParameterValueException.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html
 */
function listFunctions(region: Region, input: ListFunctionsRequest): ListFunctionsResponse {
  const { MaxItems = MOST_FUNCTIONS, Marker } = input;
  const asked: string | undefined = input.FunctionVersion;
  if (asked !== undefined && asked !== 'ALL') throw invalidValue(`Value '${asked}' at 'functionVersion' is not ALL`);
  if (MaxItems < 1 || MaxItems > 10_000) throw invalidValue(`Value '${MaxItems}' at 'maxItems' is not 1 to 10000`);
  const found = [...region.functions.values()].flatMap((one) => versionsOf(region, one, asked === 'ALL'));
  const page = { MaxResults: Math.min(MaxItems, MOST_FUNCTIONS), NextToken: Marker };
  const { items, next } = pageOf(found, page, { min: 1, max: MOST_FUNCTIONS });
  return { Functions: [...items], ...(next.NextToken && { NextMarker: next.NextToken }) };
}

/** The Lambda calls that the account knows. Its functions come with the estate: none is ever run. */
const lambdaOperations = { ListFunctions: listFunctions } satisfies Operations;

/** The one call of Lambda's that this service answers. @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
const PATH = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/** An invocation as the request states it. `payload` is the event, parsed. */
interface InvokeInput {
  readonly FunctionName: string;
  readonly InvocationType: 'Event' | 'RequestResponse';
  readonly payload: unknown;
}

function pathOf({ url }: WireRequest): string {
  return new URL(url, 'http://127.0.0.1').pathname;
}

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

function inputOf(request: WireRequest): InvokeInput {
  return {
    FunctionName: nameIn(request),
    InvocationType: typeOf(request),
    payload: eventIn(request.body),
  };
}

function headersWith(requestId: string, more: Readonly<Record<string, string>> = {}) {
  return {
    'content-type': 'application/json',
    'x-amzn-requestid': requestId,
    ...more,
  };
}

/** What the function threw, as the runtime tells it. */
function failureOf(error: unknown): object {
  return {
    errorType: error instanceof Error ? error.name : 'Error',
    errorMessage: error instanceof Error ? error.message : String(error),
    trace: error instanceof Error ? (error.stack ?? '').split('\n') : [],
  };
}

/**
 * Size limits of a synchronous invocation, in bytes.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const MOST_BYTES = { request: 6_291_456, response: 6_291_556 } as const;

/**
 * Applies Lambda's size limits to a synchronous invocation. A response that is too large is a failure of the
 * function.
 */
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

/** A call whose function failed still succeeds, with status 200. */
function answered(result: InvocationResult, requestId: string): Reply {
  const executed = { 'x-amz-executed-version': '$LATEST' };
  if ('error' in result) {
    const headers = headersWith(requestId, { ...executed, 'x-amz-function-error': 'Unhandled' });
    return { status: 200, headers, body: JSON.stringify(failureOf(result.error)) };
  }
  return { status: 200, headers: headersWith(requestId, executed), body: JSON.stringify(result.value ?? null) };
}

/** Lambda's Invoke in REST-JSON. The functions run in this process. */
function invokeService(host: FunctionHost): Service {
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

/**
 * Lambda: Invoke runs the deployed functions in this process, and ListFunctions lists the functions of the
 * estate.
 */
export function lambdaService(host: FunctionHost): Service {
  const invoking = invokeService(host);
  const reading = restJsonService({
    sdk: () => import('@aws-sdk/client-lambda'),
    operations: lambdaOperations,
    routes: { ListFunctions: 'GET /2015-03-31/functions' },
  });
  const serviceFor = ({ method }: WireRequest): Service => (method === 'GET' ? reading : invoking);
  return {
    operationOf: (request) => serviceFor(request).operationOf(request),
    read: async (request, operation) => serviceFor(request).read(request, operation),
    perform: async (invocation) => serviceFor(invocation.request).perform(invocation),
    refuse: (error, requestId, request) => invoking.refuse(error, requestId, request),
    close: async () => {
      await Promise.all([invoking.close(), reading.close()]);
    },
  };
}
