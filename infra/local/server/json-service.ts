import { JsonCodec } from '@aws-sdk/core/protocols';
import { AwsError } from '../account/aws-error.ts';
import type { Operations } from '../account/operation.ts';
import { type OperationSchema, operationSchema } from '../codec/operation-schema.ts';
import type { Service } from './service.ts';
import { header, type Reply } from './wire.ts';

/** A service of the JSON 1.1 protocol: `X-Amz-Target` names the operation. */
export interface JsonServiceParts {
  /** Loads the SDK's client package, whose schemas drive the codec: on the first request, not at start. */
  readonly sdk: () => Promise<object>;
  readonly operations: Operations;
}

/** Timestamps are epoch seconds (format 7) unless the schema says otherwise. */
const codec = new JsonCodec({ jsonName: false, timestampFormat: { useTrait: true, default: 7 } });

function jsonReply(status: number, body: string, requestId: string): Reply {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': requestId }, body };
}

function unknownOperation(name: string): AwsError {
  return new AwsError('UnknownOperationException', `The embedded account does not implement ${name}.`);
}

async function decoded(schema: Parameters<ReturnType<typeof codec.createDeserializer>['read']>[0], body: string) {
  try {
    const input: unknown = await codec.createDeserializer().read(schema, body === '' ? '{}' : body);
    return Object(input);
  } catch (cause) {
    throw new AwsError('SerializationException', `The body is no JSON of this operation: ${String(cause)}`);
  }
}

function encoded(schema: OperationSchema['output'], output: object): string {
  const serializer = codec.createSerializer();
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
      return { output, reply: jsonReply(200, schema.isUnitSchema() ? '' : encoded(schema, output), requestId) };
    },
    refuse: ({ code, message, status }, requestId) =>
      jsonReply(status, JSON.stringify({ __type: code, message }), requestId),
    close: async () => undefined,
  };
}
