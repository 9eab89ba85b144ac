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
import { header, type Reply, urlOf, type WireRequest } from '../wire/messages.ts';
import type { Service } from '../wire/service.ts';
import { pageOf } from './listing.ts';

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

/** Lambda's Invoke in REST-JSON. The functions run in this process. */
function invokeService(host: FunctionHost): Service {
  return {
    operationOf(request) {
      if (request.method === 'POST' && PATH.test(pathOf(request))) return 'Invoke';
      throw new AwsError(
        'UnknownOperationException',
        `The embedded account does not implement ${request.method} ${pathOf(request)}.`,
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
        return { output: {}, reply: invokeReply(result, requestId) };
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

function inputOf(request: WireRequest): InvokeInput {
  return {
    FunctionName: nameIn(request),
    InvocationType: typeOf(request),
    payload: eventIn(request.body),
  };
}

/** `NAME` or `NAME:ALIAS`. The alias can also be in the query string. */
function nameIn(request: WireRequest): string {
  const { pathname, searchParams } = urlOf(request);
  const reference = decodeURIComponent(PATH.exec(pathname)?.[1] ?? '');
  const name = FUNCTION_REFERENCE.exec(reference)?.[1] ?? reference;
  const qualifier = searchParams.get('Qualifier');
  if (qualifier === null || name.endsWith(`:${qualifier}`)) return name;
  if (!name.includes(':')) return `${name}:${qualifier}`;
  const message = 'The derived qualifier from the function name does not match the specified qualifier.';
  throw new AwsError('InvalidParameterValueException', message);
}

function typeOf(request: WireRequest): InvokeInput['InvocationType'] {
  const stated = header(request, 'x-amz-invocation-type') || 'RequestResponse';
  if (stated === 'Event' || stated === 'RequestResponse') return stated;
  throw new AwsError(
    'InvalidParameterValueException',
    `The embedded account does not support the invocation type ${stated}`,
  );
}

function eventIn(body: string): unknown {
  try {
    return JSON.parse(body === '' ? '{}' : body);
  } catch (cause) {
    const message = `Could not parse request body into json: ${String(cause)}`;
    throw new AwsError('InvalidRequestContentException', message);
  }
}

/** A call whose function failed still succeeds, with status 200. */
function invokeReply(result: InvocationResult, requestId: string): Reply {
  const executed = { 'x-amz-executed-version': '$LATEST' };
  if ('error' in result) {
    const headers = headersWith(requestId, { ...executed, 'x-amz-function-error': 'Unhandled' });
    return { status: 200, headers, body: JSON.stringify(failureOf(result.error)) };
  }
  return { status: 200, headers: headersWith(requestId, executed), body: JSON.stringify(result.value ?? null) };
}

/** Maximum page size, whatever the call asks for. */
const MOST_FUNCTIONS = 50;

function invalidValue(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message);
}

/** A function without a VPC has an empty configuration. */
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
 * ListFunctions: the unpublished version of each function and, with `FunctionVersion` ALL, the published
 * versions, in pages of up to 50. Throws InvalidParameterValueException.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html
 */
function listFunctions(region: Region, input: ListFunctionsRequest): ListFunctionsResponse {
  const { MaxItems = MOST_FUNCTIONS, Marker } = input;
  const functionVersion: string | undefined = input.FunctionVersion;
  if (functionVersion !== undefined && functionVersion !== 'ALL')
    throw invalidValue(`Value '${functionVersion}' at 'functionVersion' is not ALL`);
  if (MaxItems < 1 || MaxItems > 10_000) throw invalidValue(`Value '${MaxItems}' at 'maxItems' is not 1 to 10000`);
  const found = [...region.functions.values()].flatMap((one) => versionsOf(region, one, functionVersion === 'ALL'));
  const page = { MaxResults: Math.min(MaxItems, MOST_FUNCTIONS), NextToken: Marker };
  const { items, next } = pageOf(found, page, { min: 1, max: MOST_FUNCTIONS });
  return { Functions: [...items], ...(next.NextToken && { NextMarker: next.NextToken }) };
}

/** The operations that read. They show the functions of the estate, which never run. */
const lambdaOperations = { ListFunctions: listFunctions } satisfies Operations;

/** The path of Invoke. @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
const PATH = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/** The input of Invoke. `payload` is the parsed event. */
interface InvokeInput {
  readonly FunctionName: string;
  readonly InvocationType: 'Event' | 'RequestResponse';
  readonly payload: unknown;
}

function pathOf(request: WireRequest): string {
  return urlOf(request).pathname;
}

/** A name, an ARN, or `account:function:NAME`, each with or without `:ALIAS`. */
const FUNCTION_REFERENCE = /^(?:(?:arn:[\w-]+:lambda:[\w-]+:)?\d{12}:function:)?([\w-]+(?::[\w$-]+)?)$/;

function headersWith(requestId: string, more: Readonly<Record<string, string>> = {}) {
  return {
    'content-type': 'application/json',
    'x-amzn-requestid': requestId,
    ...more,
  };
}

/** The runtime's report of an error that the function threw. */
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
