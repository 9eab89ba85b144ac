import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../account/aws-error.ts';
import { elementsOf, type QueryTree } from './query-tree.ts';

/** The two query protocols: EC2's capitalises names and flattens lists, SNS's and STS's do neither. */
export type QueryDialect = 'ec2' | 'aws';

function malformed(kind: string, text: string): AwsError {
  return new AwsError('MalformedQueryString', `'${text}' is not a valid ${kind}`);
}

/** A value of the schema's kind, from its text. Throws MalformedQueryString for a number or boolean that is none. */
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
 * The typed input of an operation, read from its query parameters by the SDK's own schema of that input: the reverse of
 * the SDK's QueryShapeSerializer. Parameters that the schema does not know are left out, as EC2 leaves them.
 * Throws MalformedQueryString for a number or boolean that is none.
 *
 * @see https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
 */
export function decodeQuery(schema: NormalizedSchema, tree: QueryTree, dialect: QueryDialect): object {
  return schema.isStructSchema() ? decodeStruct(schema, tree, dialect) : {};
}
