import type { OperationSchema } from '../codec/operation-schema.ts';
import { itemsForm } from './items-form.ts';
import { wrapperForm } from './wrapper-form.ts';

/** Calls that CloudTrail records in the wrapper form; that of ModifySecurityGroupRules and ModifyManagedPrefixList is recorded, the others are expected to be like them. */
const WRAPPED = new Set([
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

/** A member that events name otherwise than the protocol does. */
type Renames = Readonly<Record<string, string>>;

const TAG_CALL: Renames = { resourceId: 'resourcesSet', tag: 'tagSet' };
const RENAMES: Readonly<Record<string, Renames>> = {
  CreateTags: TAG_CALL,
  DeleteTags: TAG_CALL,
  CreateNetworkInterface: { securityGroupId: 'groupSet', privateIpAddresses: 'privateIpAddressesSet' },
  ModifyNetworkInterfaceAttribute: { securityGroupId: 'groupSet' },
  RevokeSecurityGroupIngress: { securityGroupRuleId: 'securityGroupRuleIds' },
  RevokeSecurityGroupEgress: { securityGroupRuleId: 'securityGroupRuleIds' },
};

const GROUP_CALL = /^(?:Authorize|Revoke)SecurityGroup(?:Ingress|Egress)$/;

/** Lists that stand as `{}` in the event though the request left them out. */
function alwaysThere(operation: string): readonly string[] {
  if (GROUP_CALL.test(operation)) return ['ipPermissions'];
  return operation === 'CreateNetworkInterface' ? ['groupSet'] : [];
}

/** Ids in a list of a request: `{items: [{groupId}]}` in events, bare strings on the wire. */
const ID_LISTS: Readonly<Record<string, string>> = { groupSet: 'groupId', resourcesSet: 'resourceId' };

type Recorded = Record<string, unknown>;

function itemsOf(value: unknown): readonly unknown[] {
  const items: unknown = Object(value).items;
  return Array.isArray(items) ? items : [];
}

/** Tags of a specification are the one bare array that these events have. */
function tagSpecifications(value: unknown): object {
  const items = itemsOf(value).map((specification) => {
    const { tag, ...rest }: Recorded = Object(specification);
    return { ...rest, tags: itemsOf(tag) };
  });
  return items.length === 0 ? {} : { items };
}

function named(operation: string, parameters: Recorded): Recorded {
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

/** Every permission of an event has all four lists of sources. */
function withSourceLists(parameters: Recorded): Recorded {
  const items = itemsOf(parameters['ipPermissions']);
  if (items.length === 0) return parameters;
  return { ...parameters, ipPermissions: { items: items.map((permission) => orderedPermission(Object(permission))) } };
}

function orderedPermission({ ipProtocol, fromPort, toPort, ...sources }: Recorded): Recorded {
  const ports = { ...(fromPort === undefined ? {} : { fromPort }), ...(toPort === undefined ? {} : { toPort }) };
  return { ipProtocol, ...ports, ...EMPTY_SOURCES, ...sources };
}

/** `requestParameters` of an event. */
export function requestParameters(schema: OperationSchema, input: object): Recorded {
  const { name } = schema;
  if (WRAPPED.has(name)) {
    const wrapped = wrapperForm(schema.input, input);
    return { [`${name}Request`]: Object.keys(wrapped).length === 0 ? '' : wrapped };
  }
  const parameters = withSourceLists(named(name, itemsForm(schema.input, input)));
  const missing = alwaysThere(name).filter((key) => !(key in parameters));
  return { ...Object.fromEntries(missing.map((key) => [key, {}])), ...parameters };
}

/** A new interface: its addresses stand under `item`, not `items`, and an empty description is left out. */
function newInterface(elements: Recorded): Recorded {
  const { description, privateIpAddressesSet, ...rest }: Recorded = Object(elements['networkInterface']);
  const described = description === '' ? {} : { description };
  return {
    networkInterface: { ...rest, ...described, privateIpAddressesSet: { item: itemsOf(privateIpAddressesSet) } },
  };
}

/** `responseElements` of an event that succeeded. */
export function responseElements(schema: OperationSchema, output: object, requestId: string): Recorded {
  const elements = itemsForm(schema.output, output);
  if (schema.name === 'CreateSecurityGroup') return { requestId, _return: true, ...elements };
  if (schema.name === 'CreateNetworkInterface') return { requestId, ...newInterface(elements) };
  if (!WRAPPED.has(schema.name)) return { requestId, ...elements };
  const { _return, ...rest } = elements;
  const answered = _return === undefined ? rest : { ...rest, return: _return };
  return { [`${schema.name}Response`]: { ...answered, requestId, xmlns: NAMESPACE } };
}
