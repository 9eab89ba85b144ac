import { XmlShapeSerializer } from '@aws-sdk/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import type { $SchemaRef, StaticStructureSchema } from '@smithy/types';
import { AwsError, type Operations } from '../state/operation.ts';
import { type Reply, urlOf, type WireRequest } from './messages.ts';
import { hasOperation, type OperationSchema, operationSchema, type Service } from './service.ts';

/**
 * The two query protocols. EC2's has capitalised names and flat lists; the protocol of SNS and STS has
 * neither.
 */
export type QueryDialect = 'ec2' | 'aws';

/** The XML around a service's answers. */
interface XmlFrame {
  readonly namespace: string;
  /**
   * `ec2`: `requestId` is beside the members. `aws`: the members are in `<OpResult>`, and the id is in
   * `<ResponseMetadata>`.
   */
  readonly dialect: 'ec2' | 'aws';
}

/** A service of a query protocol: form parameters in, XML out. */
export interface QueryServiceParts {
  /** Loads the SDK's client package, whose schemas drive the codec: on the first request, not at start. */
  readonly sdk: () => Promise<object>;
  readonly operations: Operations;
  readonly frame: XmlFrame;
}

/** A service of EC2's or the older AWS query protocol. */
export function queryService({ sdk, operations, frame }: QueryServiceParts): Service {
  return {
    operationOf(request) {
      const action = new URLSearchParams(parametersOf(request)).get('Action');
      if (!action) throw new AwsError('MissingAction', 'The request is missing an action or a required parameter.');
      return action;
    },
    async read(request, operation) {
      if (!Object.hasOwn(operations, operation)) throw invalidAction(operation, await sdk());
      const { input } = operationSchema(await sdk(), operation);
      return decodeQuery(input, parseQuery(parametersOf(request)), frame.dialect);
    },
    async perform({ operation, input, region, caller, requestId }) {
      const run = operations[operation];
      if (!run) throw invalidAction(operation, await sdk());
      const output = run(region, input, caller);
      const body = encodeXml(operationSchema(await sdk(), operation), output, requestId, frame);
      return { output, reply: xmlReply(200, body, requestId) };
    },
    refuse: (error, requestId) => xmlReply(error.status, encodeXmlError(error, requestId, frame), requestId),
    close: async () => undefined,
  };
}

function xmlReply(status: number, body: string, requestId: string): Reply {
  return { status, headers: { 'content-type': 'text/xml;charset=UTF-8', 'x-amzn-requestid': requestId }, body };
}

/** The parameters of a request. A GET request has them in the URL. */
function parametersOf(request: WireRequest): string {
  return request.body === '' ? urlOf(request).search.slice(1) : request.body;
}

/** The error for an action that the embedded account does not implement, or that AWS does not have. */
function invalidAction(name: string, sdk: object): AwsError {
  const message = hasOperation(sdk, name)
    ? `The embedded account does not implement ${name}.`
    : `The action ${name} is not valid for this web service.`;
  return new AwsError('InvalidAction', message);
}

/**
 * The parameters of a query string as a tree: `IpPermissions.1.IpRanges.1.CidrIp=…` is a leaf five levels
 * deep.
 */
interface QueryTree {
  value?: string;
  readonly branches: Map<string, QueryTree>;
}

function emptyTree(): QueryTree {
  return { branches: new Map() };
}

/**
 * Parses an `application/x-www-form-urlencoded` body. Branches are in maps, so that a name such as
 * `__proto__` is harmless.
 */
export function parseQuery(body: string): QueryTree {
  const root = emptyTree();
  for (const [path, value] of new URLSearchParams(body)) {
    let node = root;
    for (const name of path.split('.')) {
      const next = node.branches.get(name) ?? emptyTree();
      node.branches.set(name, next);
      node = next;
    }
    node.value = value;
  }
  return root;
}

/** The elements of a list: branches with numeric names, in numeric order. */
function elementsOf(tree: QueryTree): readonly QueryTree[] {
  return [...tree.branches]
    .filter(([name]) => /^\d+$/.test(name))
    .toSorted(([a], [b]) => Number(a) - Number(b))
    .map(([, branch]) => branch);
}

function malformed(kind: string, text: string): AwsError {
  return new AwsError('MalformedQueryString', `'${text}' is not a valid ${kind}`);
}

/** A value of the schema's type. Throws MalformedQueryString for an invalid number or boolean. */
export function decodeScalar(schema: NormalizedSchema, text: string): unknown {
  if (schema.isBooleanSchema()) {
    if (text === 'true' || text === 'false') return text === 'true';
    throw malformed('boolean', text);
  }
  if (schema.isNumericSchema()) {
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value)) return value;
    throw malformed('number', text);
  }
  if (schema.isTimestampSchema()) return new Date(text);
  if (schema.isBlobSchema()) return Buffer.from(text, 'base64');
  return text;
}

function memberKey(schema: NormalizedSchema, name: string, dialect: QueryDialect): string {
  const { ec2QueryName, xmlName } = schema.getMergedTraits();
  const key = typeof xmlName === 'string' ? xmlName : name;
  if (dialect === 'aws') return key;
  return typeof ec2QueryName === 'string' ? ec2QueryName : key.charAt(0).toUpperCase() + key.slice(1);
}

function decodeStruct(schema: NormalizedSchema, tree: QueryTree, dialect: QueryDialect): object {
  const members: [string, unknown][] = [];
  for (const [name, member] of schema.structIterator()) {
    const branch = tree.branches.get(memberKey(member, name, dialect));
    const value = branch && decode(member, branch, dialect);
    if (value !== undefined) members.push([name, value]);
  }
  return Object.fromEntries(members);
}

function decodeList(schema: NormalizedSchema, tree: QueryTree, dialect: QueryDialect): readonly unknown[] {
  const element = schema.getValueSchema();
  const wrapper = element.getMergedTraits().xmlName ?? 'member';
  const flat = dialect === 'ec2' || Boolean(schema.getMergedTraits().xmlFlattened);
  const items = flat ? tree : tree.branches.get(wrapper);
  return items ? elementsOf(items).map((item) => decode(element, item, dialect)) : [];
}

function decodeMap(schema: NormalizedSchema, tree: QueryTree, dialect: QueryDialect): object {
  const keyName = schema.getKeySchema().getMergedTraits().xmlName ?? 'key';
  const valueName = schema.getValueSchema().getMergedTraits().xmlName ?? 'value';
  const entries = elementsOf(tree.branches.get('entry') ?? tree).map((entry) => {
    const value = entry.branches.get(valueName);
    return [
      entry.branches.get(keyName)?.value ?? '',
      value && decode(schema.getValueSchema(), value, dialect),
    ] as const;
  });
  return Object.fromEntries(entries);
}

function decode(schema: NormalizedSchema, tree: QueryTree, dialect: QueryDialect): unknown {
  if (schema.isStructSchema()) return decodeStruct(schema, tree, dialect);
  if (schema.isListSchema()) return decodeList(schema, tree, dialect);
  if (schema.isMapSchema()) return decodeMap(schema, tree, dialect);
  return tree.value === undefined ? undefined : decodeScalar(schema, tree.value);
}

/**
 * Decodes the query parameters of an operation by the SDK's schema of its input: the reverse of the SDK's
 * QueryShapeSerializer. Unknown parameters are ignored, as EC2 does. Throws MalformedQueryString for an
 * invalid number or boolean.
 *
 * @see https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
 */
export function decodeQuery(schema: NormalizedSchema, tree: QueryTree, dialect: QueryDialect): object {
  return schema.isStructSchema() ? decodeStruct(schema, tree, dialect) : {};
}

const STRING: $SchemaRef = 0;

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

/** Schema of an EC2 answer: `<OpResponse>` with `requestId` and the members of the output. */
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

/** The answer of an operation as XML, by the SDK's schema of its output. */
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
function encodeXmlError(
  error: { readonly code: string; readonly message: string; readonly status: number },
  requestId: string,
  frame: XmlFrame,
): string {
  const details = { Code: error.code, Message: error.message };
  if (frame.dialect === 'ec2') {
    return write(EC2_FAILURE, { Errors: { Error: details }, RequestID: requestId }, '');
  }
  const Type = error.status >= 500 ? 'Receiver' : 'Sender';
  return write(QUERY_FAILURE, { Error: { Type, ...details }, RequestId: requestId }, frame.namespace);
}
