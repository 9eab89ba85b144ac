import type { NormalizedSchema } from '@smithy/core/schema';

/** EC2's name of a member as its events spell it: the XML name with a small first letter; `return` is `_return`. */
function memberName(schema: NormalizedSchema, name: string): string {
  const { xmlName } = schema.getMergedTraits();
  const key = typeof xmlName === 'string' ? xmlName : name;
  const lower = key.charAt(0).toLowerCase() + key.slice(1);
  return lower === 'return' ? '_return' : lower;
}

function encodeList(schema: NormalizedSchema, values: readonly unknown[]): object {
  if (values.length === 0) return {};
  return { items: values.map((value) => encode(schema.getValueSchema(), value)) };
}

function encode(schema: NormalizedSchema, value: unknown): unknown {
  if (schema.isListSchema() && Array.isArray(value)) return encodeList(schema, value);
  if (schema.isStructSchema()) return itemsForm(schema, Object(value));
  return value instanceof Date ? value.getTime() : value;
}

/**
 * A request or an answer of EC2 as CloudTrail records it, by the SDK's own schema: members in lower camel case, lists as
 * `{items: […]}` or `{}`, dates as epoch milliseconds.
 */
export function itemsForm(schema: NormalizedSchema, value: object): Record<string, unknown> {
  const members: [string, unknown][] = [];
  for (const [name, member] of schema.structIterator()) {
    const given: unknown = Reflect.get(value, name);
    if (given !== undefined && given !== null) members.push([memberName(member, name), encode(member, given)]);
  }
  return Object.fromEntries(members);
}
