import { JsonCodec } from '@aws-sdk/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../account/aws-error.ts';
import type { Operations } from '../account/operation.ts';
import { operationSchema } from '../codec/operation-schema.ts';
import { decodeScalar } from '../codec/query-decode.ts';
import type { Service } from './service.ts';
import type { Reply, WireRequest } from './wire.ts';

/** A service of the REST-JSON protocol, of which the account knows calls that only read: all that they say is in the URL. */
export interface RestJsonServiceParts {
  /** Loads the SDK's client package, whose schemas drive the codec: on the first request, not at start. */
  readonly sdk: () => Promise<object>;
  readonly operations: Operations;
  /** The path of each operation's GET request, without a slash at its end. */
  readonly paths: Readonly<Record<string, string>>;
}

/** Timestamps are epoch seconds (format 7) unless the schema says otherwise. */
const codec = new JsonCodec({ jsonName: true, timestampFormat: { useTrait: true, default: 7 } });

const urlOf = (request: WireRequest): URL => new URL(request.url, 'http://127.0.0.1');

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

function jsonReply(status: number, body: string, headers: Readonly<Record<string, string>>): Reply {
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
      const serializer = codec.createSerializer();
      serializer.write(operationSchema(await sdk(), operation).output, output);
      return { output, reply: jsonReply(200, serializer.flush(), { 'x-amzn-requestid': requestId }) };
    },
    refuse: ({ code, message, status }, requestId) =>
      jsonReply(status, JSON.stringify({ message }), { 'x-amzn-requestid': requestId, 'x-amzn-errortype': code }),
    close: async () => undefined,
  };
}
