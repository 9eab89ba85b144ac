import { JsonCodec } from '@aws-sdk/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError, type Operations } from '../state/operation.ts';
import { header, type Reply, urlOf, type WireRequest } from './messages.ts';
import { decodeScalar } from './query.ts';
import { operationSchema, type Service } from './service.ts';

/** A service of a JSON protocol. */
interface JsonServiceParts {
  /** Loads the SDK's client package, whose schemas drive the codec: on the first request, not at start. */
  readonly sdk: () => Promise<object>;
  readonly operations: Operations;
}

/** Timestamps are epoch seconds (format 7) unless the schema says otherwise. */
const TIMESTAMPS = { useTrait: true, default: 7 } as const;

function unknownOperation(name: string, status?: number): AwsError {
  return new AwsError('UnknownOperationException', `The embedded account does not implement ${name}.`, status);
}

async function decoded(codec: JsonCodec, schema: NormalizedSchema, body: string): Promise<object> {
  try {
    const input: unknown = await codec.createDeserializer().read(schema, body === '' ? '{}' : body);
    return Object(input);
  } catch (cause) {
    throw new AwsError('SerializationException', `The body is not a JSON request of this operation: ${String(cause)}`);
  }
}

function encoded(codec: JsonCodec, schema: NormalizedSchema, output: object): string {
  const serializer = codec.createSerializer();
  serializer.write(schema, output);
  return serializer.flush();
}

function jsonReply(status: number, body: string, requestId: string): Reply {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': requestId }, body };
}

/**
 * A service of AWS's JSON 1.1 protocol. The header `X-Amz-Target` names the operation. An operation without
 * an output answers with an empty body.
 *
 * @see https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export function jsonService({ sdk, operations }: JsonServiceParts): Service {
  const codec = new JsonCodec({ jsonName: false, timestampFormat: TIMESTAMPS });

  return {
    operationOf: (request) => header(request, 'x-amz-target').split('.')[1] ?? '',
    async read(request, operation) {
      if (!Object.hasOwn(operations, operation)) throw unknownOperation(operation);
      return decoded(codec, operationSchema(await sdk(), operation).input, request.body);
    },
    async perform({ operation, input, region, caller, requestId }) {
      const run = operations[operation];
      if (!run) throw unknownOperation(operation);
      const output = run(region, input, caller);
      const schema = operationSchema(await sdk(), operation).output;
      const body = schema.isUnitSchema() ? '' : encoded(codec, schema, output);
      return { output, reply: jsonReply(200, body, requestId) };
    },
    refuse: ({ code, message, status }, requestId) =>
      jsonReply(status, JSON.stringify({ __type: code, message }), requestId),
    close: async () => undefined,
  };
}

/** A service of the REST-JSON protocol. An input is in the query string or in the body. */
interface RestJsonServiceParts extends JsonServiceParts {
  /** The request line of each operation, such as `GET /2015-03-31/functions`, without a slash at its end. */
  readonly routes: Readonly<Record<string, string>>;
}

/** The typed input of a request without a body: each member that the schema binds to a query parameter. */
function inputFromQuery(schema: NormalizedSchema, parameters: URLSearchParams): object {
  const members: [string, unknown][] = [];
  for (const [name, member] of schema.structIterator()) {
    const { httpQuery } = member.getMergedTraits();
    const text = typeof httpQuery === 'string' ? parameters.get(httpQuery) : null;
    if (text !== null) members.push([name, decodeScalar(member, text)]);
  }
  return Object.fromEntries(members);
}

function routeOf(request: WireRequest): string {
  return `${request.method} ${urlOf(request).pathname.replace(/\/$/, '')}`;
}

function restJsonReply(status: number, body: string, headers: Readonly<Record<string, string>>): Reply {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body };
}

/**
 * A service of AWS's REST-JSON protocol.
 *
 * @see https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
 */
export function restJsonService({ sdk, operations, routes }: RestJsonServiceParts): Service {
  const codec = new JsonCodec({ jsonName: true, timestampFormat: TIMESTAMPS });

  return {
    operationOf(request) {
      const route = routeOf(request);
      const operation = Object.keys(routes).find((name) => routes[name] === route);
      if (operation === undefined) throw unknownOperation(route, 404);
      return operation;
    },
    async read(request, operation) {
      const { input } = operationSchema(await sdk(), operation);
      if (request.method === 'GET') return inputFromQuery(input, urlOf(request).searchParams);
      return decoded(codec, input, request.body);
    },
    async perform({ operation, input, region, caller, requestId }) {
      const run = operations[operation];
      if (!run) throw unknownOperation(operation, 404);
      const output = run(region, input, caller);
      const body = encoded(codec, operationSchema(await sdk(), operation).output, output);
      return { output, reply: restJsonReply(200, body, { 'x-amzn-requestid': requestId }) };
    },
    refuse: ({ code, message, status }, requestId) =>
      restJsonReply(status, JSON.stringify({ Code: code, Message: message }), {
        'x-amzn-requestid': requestId,
        'x-amzn-errortype': code,
      }),
    close: async () => undefined,
  };
}
