import type { NormalizedSchema } from '@smithy/core/schema';
import type { OperationSchema } from '../../wire/service.ts';
import type { Ec2Operation } from '../ec2/operations.ts';

/** `requestParameters` of an event. */
export function requestParameters(schema: OperationSchema, input: object): Recorded {
  const { name } = schema;
  if (WRAPPED.has(name)) {
    const wrapped = wrapperForm(schema.input, input);
    return { [`${name}Request`]: Object.keys(wrapped).length === 0 ? '' : wrapped };
  }
  const parameters = withSourceLists(renamed(name, itemsForm(schema.input, input)));
  const missing = alwaysPresentLists(name).filter((key) => !(key in parameters));
  return { ...Object.fromEntries(missing.map((key) => [key, {}])), ...parameters };
}

/** `responseElements` of the event of a successful call. */
export function responseElements(schema: OperationSchema, output: object, requestId: string): Recorded {
  const elements = itemsForm(schema.output, output);
  if (schema.name === 'CreateSecurityGroup') return { requestId, _return: true, ...elements };
  if (schema.name === 'CreateNetworkInterface') return { requestId, ...newInterface(elements) };
  if (!WRAPPED.has(schema.name)) return { requestId, ...elements };
  const { _return, ...rest } = elements;
  const answered = _return === undefined ? rest : { ...rest, return: _return };
  return { [`${schema.name}Response`]: { ...answered, requestId, xmlns: NAMESPACE } };
}

/**
 * A new interface. Its addresses are under `item` instead of `items`, and an empty description is omitted.
 */
function newInterface(elements: Recorded): Recorded {
  const { description, privateIpAddressesSet, ...rest }: Recorded = Object(elements['networkInterface']);
  const described = description === '' ? {} : { description };
  return {
    networkInterface: { ...rest, ...described, privateIpAddressesSet: { item: itemsOf(privateIpAddressesSet) } },
  };
}

/** Name of a member in these events: EC2's XML name in lower camel case. `return` becomes `_return`. */
function memberName(schema: NormalizedSchema, name: string): string {
  const { xmlName } = schema.getMergedTraits();
  const key = typeof xmlName === 'string' ? xmlName : name;
  const lower = key.charAt(0).toLowerCase() + key.slice(1);
  return lower === 'return' ? '_return' : lower;
}

function encodeList(schema: NormalizedSchema, values: readonly unknown[]): object {
  if (values.length === 0) return {};
  return { items: values.map((value) => encodeAsItems(schema.getValueSchema(), value)) };
}

function encodeAsItems(schema: NormalizedSchema, value: unknown): unknown {
  if (schema.isListSchema() && Array.isArray(value)) return encodeList(schema, value);
  if (schema.isStructSchema()) return itemsForm(schema, Object(value));
  return value instanceof Date ? value.getTime() : value;
}

/**
 * A request or response of EC2 in the form that CloudTrail records, by the SDK's schema. Members are in lower
 * camel case, lists are `{items: […]}` or `{}`, and dates are epoch milliseconds.
 */
function itemsForm(schema: NormalizedSchema, value: object): Record<string, unknown> {
  const members: [string, unknown][] = [];
  for (const [name, member] of schema.structIterator()) {
    const given: unknown = Reflect.get(value, name);
    if (given !== undefined && given !== null) members.push([memberName(member, name), encodeAsItems(member, given)]);
  }
  return Object.fromEntries(members);
}

/** Name of a member in the query protocol. The wrapper form uses it instead of the XML name. */
function queryName(schema: NormalizedSchema, name: string): string {
  const { ec2QueryName, xmlName } = schema.getMergedTraits();
  if (typeof ec2QueryName === 'string') return ec2QueryName;
  const key = typeof xmlName === 'string' ? xmlName : name;
  return key.charAt(0).toUpperCase() + key.slice(1);
}

/** A list element. An object gets its position as `tag`; any other value becomes `{tag, content}`. */
function element(schema: NormalizedSchema, value: unknown, index: number): object {
  if (schema.isStructSchema()) return { ...wrapperForm(schema, Object(value)), tag: index + 1 };
  return { tag: index + 1, content: value };
}

function encodeWrapped(schema: NormalizedSchema, value: unknown): unknown {
  if (schema.isListSchema() && Array.isArray(value)) {
    const elements = value.map((one, index) => element(schema.getValueSchema(), one, index));
    return elements.length === 1 ? elements[0] : elements;
  }
  return schema.isStructSchema() ? wrapperForm(schema, Object(value)) : value;
}

/**
 * A request in the form that CloudTrail uses for EC2's newer operations, such as ModifySecurityGroupRules.
 * Members have their names of the query protocol. A list of one element is the element itself, a longer list
 * is an array, and each element has a `tag` from 1.
 */
function wrapperForm(schema: NormalizedSchema, value: object): Record<string, unknown> {
  const members: [string, unknown][] = [];
  for (const [name, member] of schema.structIterator()) {
    const given: unknown = Reflect.get(value, name);
    const empty = given === undefined || given === null || (Array.isArray(given) && given.length === 0);
    if (!empty) members.push([queryName(member, name), encodeWrapped(member, given)]);
  }
  return Object.fromEntries(members);
}

/**
 * Operations that CloudTrail records in the wrapper form. Recorded events exist for ModifySecurityGroupRules
 * and ModifyManagedPrefixList; the others are assumed to have the same form.
 */
const WRAPPED: ReadonlySet<string> = new Set<Ec2Operation>([
  'ModifySecurityGroupRules',
  'UpdateSecurityGroupRuleDescriptionsIngress',
  'UpdateSecurityGroupRuleDescriptionsEgress',
  'CreateManagedPrefixList',
  'ModifyManagedPrefixList',
  'DeleteManagedPrefixList',
  'RestoreManagedPrefixListVersion',
  'AssociateSecurityGroupVpc',
  'DisassociateSecurityGroupVpc',
  'CreateDefaultVpc',
]);

const NAMESPACE = 'http://ec2.amazonaws.com/doc/2016-11-15/';

/** Members with another name in events than in the protocol. */
type Renames = Readonly<Record<string, string>>;

const TAG_CALL: Renames = { resourceId: 'resourcesSet', tag: 'tagSet' };

const RENAMES: Readonly<Record<string, Renames>> = {
  CreateTags: TAG_CALL,
  DeleteTags: TAG_CALL,
  CreateNetworkInterface: { securityGroupId: 'groupSet', privateIpAddresses: 'privateIpAddressesSet' },
  ModifyNetworkInterfaceAttribute: { securityGroupId: 'groupSet' },
  RevokeSecurityGroupIngress: { securityGroupRuleId: 'securityGroupRuleIds' },
  RevokeSecurityGroupEgress: { securityGroupRuleId: 'securityGroupRuleIds' },
} satisfies Partial<Record<Ec2Operation, Renames>>;

const GROUP_CALL = /^(?:Authorize|Revoke)SecurityGroup(?:Ingress|Egress)$/;

/** Lists that are `{}` in the event if the request omits them. */
function alwaysPresentLists(operation: string): readonly string[] {
  if (GROUP_CALL.test(operation)) return ['ipPermissions'];
  return operation === 'CreateNetworkInterface' ? ['groupSet'] : [];
}

/** Lists of ids that are `{items: [{groupId}]}` in events and bare strings in the protocol. */
const ID_LISTS: Readonly<Record<string, string>> = { groupSet: 'groupId', resourcesSet: 'resourceId' };

type Recorded = Record<string, unknown>;

function itemsOf(value: unknown): readonly unknown[] {
  const items: unknown = Object(value).items;
  return Array.isArray(items) ? items : [];
}

/** The tags of a specification are the only bare array in these events. */
function tagSpecifications(value: unknown): object {
  const items = itemsOf(value).map((specification) => {
    const { tag, ...rest }: Recorded = Object(specification);
    return { ...rest, tags: itemsOf(tag) };
  });
  return items.length === 0 ? {} : { items };
}

function renamed(operation: string, parameters: Recorded): Recorded {
  const renames = { ...RENAMES[operation] };
  const entries = Object.entries(parameters).map(([key, value]) => {
    if (key === 'tagSpecification') return ['tagSpecificationSet', tagSpecifications(value)];
    const name = renames[key] ?? key;
    const idKey = ID_LISTS[name];
    const items = itemsOf(value);
    if (idKey === undefined || items.length === 0) return [name, value];
    return [name, { items: items.map((id) => (typeof id === 'string' ? { [idKey]: id } : id)) }];
  });
  return Object.fromEntries(entries);
}

const EMPTY_SOURCES = { groups: {}, ipRanges: {}, ipv6Ranges: {}, prefixListIds: {} };

/** Adds the missing lists of sources: each permission of an event has all four. */
function withSourceLists(parameters: Recorded): Recorded {
  const items = itemsOf(parameters['ipPermissions']);
  if (items.length === 0) return parameters;
  return { ...parameters, ipPermissions: { items: items.map((permission) => orderedPermission(Object(permission))) } };
}

function orderedPermission({ ipProtocol, fromPort, toPort, ...sources }: Recorded): Recorded {
  const ports = { ...(fromPort === undefined ? {} : { fromPort }), ...(toPort === undefined ? {} : { toPort }) };
  return { ipProtocol, ...ports, ...EMPTY_SOURCES, ...sources };
}
