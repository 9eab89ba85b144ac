import { JsonCodec } from '@aws-sdk/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError, type Operations } from '../state/operation.ts';
import { header, type Reply, type WireRequest } from './messages.ts';
import { decodeScalar } from './query.ts';
import { type OperationSchema, operationSchema, type Service } from './service.ts';

/** A service of the JSON 1.1 protocol: `X-Amz-Target` names the operation. */
export interface JsonServiceParts {
  /** Loads the SDK's client package, whose schemas drive the codec: on the first request, not at start. */
  readonly sdk: () => Promise<object>;
  readonly operations: Operations;
}

/** Timestamps are epoch seconds (format 7) unless the schema says otherwise. */
const awsJsonCodec = new JsonCodec({ jsonName: false, timestampFormat: { useTrait: true, default: 7 } });

function awsJsonReply(status: number, body: string, requestId: string): Reply {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': requestId }, body };
}

function unknownOperation(name: string): AwsError {
  return new AwsError('UnknownOperationException', `The embedded account does not implement ${name}.`);
}

async function decoded(
  schema: Parameters<ReturnType<typeof awsJsonCodec.createDeserializer>['read']>[0],
  body: string,
) {
  try {
    const input: unknown = await awsJsonCodec.createDeserializer().read(schema, body === '' ? '{}' : body);
    return Object(input);
  } catch (cause) {
    throw new AwsError('SerializationException', `The body is no JSON of this operation: ${String(cause)}`);
  }
}

function encoded(schema: OperationSchema['output'], output: object): string {
  const serializer = awsJsonCodec.createSerializer();
  serializer.write(schema, output);
  return serializer.flush();
}

/** A service that speaks AWS's JSON 1.1 protocol. An operation without an output answers with an empty body. */
export function jsonService({ sdk, operations }: JsonServiceParts): Service {
  return {
    operationOf: (request) => header(request, 'x-amz-target').split('.')[1] ?? '',
    async read(request, operation) {
      if (!Object.hasOwn(operations, operation)) throw unknownOperation(operation);
      return decoded(operationSchema(await sdk(), operation).input, request.body);
    },
    async perform({ operation, input, region, caller, requestId }) {
      const run = operations[operation];
      if (!run) throw unknownOperation(operation);
      const output = run(region, input, caller);
      const schema = operationSchema(await sdk(), operation).output;
      return { output, reply: awsJsonReply(200, schema.isUnitSchema() ? '' : encoded(schema, output), requestId) };
    },
    refuse: ({ code, message, status }, requestId) =>
      awsJsonReply(status, JSON.stringify({ __type: code, message }), requestId),
    close: async () => undefined,
  };
}

/** A service of the REST-JSON protocol, of which the account knows calls that only read: all that they say is in the URL. */
export interface RestJsonServiceParts {
  /** Loads the SDK's client package, whose schemas drive the codec: on the first request, not at start. */
  readonly sdk: () => Promise<object>;
  readonly operations: Operations;
  /** The path of each operation's GET request, without a slash at its end. */
  readonly paths: Readonly<Record<string, string>>;
}

/** Timestamps are epoch seconds (format 7) unless the schema says otherwise. */
const restJsonCodec = new JsonCodec({ jsonName: true, timestampFormat: { useTrait: true, default: 7 } });

function urlOf(request: WireRequest): URL {
  return new URL(request.url, 'http://127.0.0.1');
}

/** The typed input: each member that the schema binds to a parameter of the query. */
function inputOf(schema: NormalizedSchema, parameters: URLSearchParams): object {
  const members: [string, unknown][] = [];
  for (const [name, member] of schema.structIterator()) {
    const { httpQuery } = member.getMergedTraits();
    const text = typeof httpQuery === 'string' ? parameters.get(httpQuery) : null;
    if (text !== null) members.push([name, decodeScalar(member, text)]);
  }
  return Object.fromEntries(members);
}

function restJsonReply(status: number, body: string, headers: Readonly<Record<string, string>>): Reply {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body };
}

/** A service that speaks AWS's REST-JSON protocol. @see https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html */
export function restJsonService({ sdk, operations, paths }: RestJsonServiceParts): Service {
  return {
    operationOf(request) {
      const path = urlOf(request).pathname.replace(/\/$/, '');
      const operation = Object.keys(paths).find((name) => paths[name] === path);
      if (operation !== undefined && request.method === 'GET') return operation;
      throw new AwsError(
        'UnknownOperationException',
        `The embedded account does not implement ${request.method} ${path}.`,
        404,
      );
    },
    async read(request, operation) {
      return inputOf(operationSchema(await sdk(), operation).input, urlOf(request).searchParams);
    },
    async perform({ operation, input, region, caller, requestId }) {
      const run = operations[operation];
      if (!run)
        throw new AwsError('UnknownOperationException', `The embedded account does not implement ${operation}.`, 404);
      const output = run(region, input, caller);
      const serializer = restJsonCodec.createSerializer();
      serializer.write(operationSchema(await sdk(), operation).output, output);
      return { output, reply: restJsonReply(200, serializer.flush(), { 'x-amzn-requestid': requestId }) };
    },
    refuse: ({ code, message, status }, requestId) =>
      restJsonReply(status, JSON.stringify({ message }), { 'x-amzn-requestid': requestId, 'x-amzn-errortype': code }),
    close: async () => undefined,
  };
}
