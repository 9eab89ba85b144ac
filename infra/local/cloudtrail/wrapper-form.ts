import type { NormalizedSchema } from '@smithy/core/schema';

/** The member's name in the query protocol: what these events use in place of the XML name. */
function queryName(schema: NormalizedSchema, name: string): string {
  const { ec2QueryName, xmlName } = schema.getMergedTraits();
  if (typeof ec2QueryName === 'string') return ec2QueryName;
  const key = typeof xmlName === 'string' ? xmlName : name;
  return key.charAt(0).toUpperCase() + key.slice(1);
}

/** A list element: an object gets its position as `tag`, anything else becomes `{tag, content}`. */
function element(schema: NormalizedSchema, value: unknown, index: number): object {
  if (schema.isStructSchema()) return { ...wrapperForm(schema, Object(value)), tag: index + 1 };
  return { tag: index + 1, content: value };
}

function encode(schema: NormalizedSchema, value: unknown): unknown {
  if (schema.isListSchema() && Array.isArray(value)) {
    const elements = value.map((one, index) => element(schema.getValueSchema(), one, index));
    return elements.length === 1 ? elements[0] : elements;
  }
  return schema.isStructSchema() ? wrapperForm(schema, Object(value)) : value;
}

/**
 * A request in the form that CloudTrail uses for EC2's newer calls, ModifySecurityGroupRules among them: the names of the
 * query protocol, a list of one as the object itself, a longer one as an array, each element with its `tag` from 1.
 */
export function wrapperForm(schema: NormalizedSchema, value: object): Record<string, unknown> {
  const members: [string, unknown][] = [];
  for (const [name, member] of schema.structIterator()) {
    const given: unknown = Reflect.get(value, name);
    const empty = given === undefined || given === null || (Array.isArray(given) && given.length === 0);
    if (!empty) members.push([queryName(member, name), encode(member, given)]);
  }
  return Object.fromEntries(members);
}
