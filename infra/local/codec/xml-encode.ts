import { XmlShapeSerializer } from '@aws-sdk/core/protocols';
import type { $SchemaRef, StaticStructureSchema } from '@smithy/types';
import type { OperationSchema } from './operation-schema.ts';

const STRING: $SchemaRef = 0;

/** How a service's XML looks around the answer. */
export interface XmlFrame {
  readonly namespace: string;
  /** `ec2`: the members and `requestId` side by side; `aws`: `<OpResult>` and `<ResponseMetadata>`. */
  readonly dialect: 'ec2' | 'aws';
}

function struct(name: string, members: readonly string[], schemas: readonly $SchemaRef[]): StaticStructureSchema {
  return [3, 'portcullis.local', name, 0, [...members], [...schemas]];
}

function write(schema: StaticStructureSchema, value: object, namespace: string): string {
  const serializer = new XmlShapeSerializer({
    timestampFormat: { useTrait: true, default: 5 },
    httpBindings: false,
    xmlNamespace: namespace,
    serviceNamespace: 'portcullis.local',
  });
  serializer.write(schema, value);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${String(serializer.flush())}`;
}

/** The answer of EC2: a struct `<OpResponse>` made of `requestId` and the members of the SDK's output schema. */
function ec2Response({ name, output }: OperationSchema): StaticStructureSchema {
  const members = output.isStructSchema() ? [...output.structIterator()] : [];
  const names = ['RequestId', ...members.map(([member]) => member)];
  return struct(`${name}Response`, names, [[STRING, { xmlName: 'requestId' }], ...members.map(([, schema]) => schema)]);
}

function queryResponse({ name, output }: OperationSchema): StaticStructureSchema {
  const metadata = struct('ResponseMetadata', ['RequestId'], [STRING]);
  const result = output.isStructSchema() ? [output.getSchema()] : [];
  const names = [...result.map(() => `${name}Result`), 'ResponseMetadata'];
  return struct(`${name}Response`, names, [...result, metadata]);
}

/** An operation's answer as XML, by the SDK's schema of its output. */
export function encodeXml(operation: OperationSchema, output: object, requestId: string, frame: XmlFrame): string {
  if (frame.dialect === 'ec2') {
    return write(ec2Response(operation), { RequestId: requestId, ...output }, frame.namespace);
  }
  const body = { [`${operation.name}Result`]: output, ResponseMetadata: { RequestId: requestId } };
  return write(queryResponse(operation), body, frame.namespace);
}

const ERROR = struct('Error', ['Type', 'Code', 'Message'], [STRING, STRING, STRING]);
const ERRORS = struct('Errors', ['Error'], [ERROR]);
const EC2_FAILURE = struct('Response', ['Errors', 'RequestID'], [ERRORS, STRING]);
const QUERY_FAILURE = struct('ErrorResponse', ['Error', 'RequestId'], [ERROR, STRING]);

/** An error as XML, in the form of the service's dialect. */
export function encodeXmlError(
  error: { readonly code: string; readonly message: string; readonly status: number },
  requestId: string,
  frame: XmlFrame,
): string {
  const told = { Code: error.code, Message: error.message };
  if (frame.dialect === 'ec2') {
    return write(EC2_FAILURE, { Errors: { Error: told }, RequestID: requestId }, '');
  }
  const Type = error.status >= 500 ? 'Receiver' : 'Sender';
  return write(QUERY_FAILURE, { Error: { Type, ...told }, RequestId: requestId }, frame.namespace);
}
