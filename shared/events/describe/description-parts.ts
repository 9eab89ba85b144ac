import { asFields, asList, type Fields, field, placeOf, shown, spelling } from '../fields.ts';

/** A part of a description: what it is, and where it stands. */
export type DescriptionPart =
  | { readonly kind: 'group' | 'rule' | 'permission'; readonly fields: Fields; readonly at: string }
  | { readonly kind: 'unknown'; readonly error: string };

type Kind = 'group' | 'rule' | 'permission';

/** Fields that tell what an object describes, the most telling first. */
const TELLING: readonly (readonly [name: string, kind: Kind])[] = [
  ['securityGroupRuleId', 'rule'],
  ['isEgress', 'rule'],
  ['ipPermissions', 'group'],
  ['ipPermissionsEgress', 'group'],
  ['ipProtocol', 'permission'],
  ['groupId', 'group'],
  ['groupName', 'group'],
];

const LISTS: readonly (readonly [name: string, kind: Kind])[] = [
  ['securityGroups', 'group'],
  ['securityGroupRules', 'rule'],
];

/** The way out where a description is no description of groups, or only a part of one. */
export const WHOLE_OUTPUT = 'give the whole output of: aws ec2 describe-security-groups';

const EXPECTED =
  'expected DescribeSecurityGroups or DescribeSecurityGroupRules JSON ({"SecurityGroups": […]}), groups, or IpPermissions';

const has = (fields: Fields, name: string): boolean => Object.hasOwn(fields, spelling(fields, name));

const unknown = (value: unknown, at: string): DescriptionPart => ({
  kind: 'unknown',
  error: `${at === '' ? 'top level' : at}: ${EXPECTED}, not ${shown(value)}; ${WHOLE_OUTPUT}`,
});

function* partsOfList(fields: Fields, name: string, kind: Kind, at: string): Generator<DescriptionPart> {
  const place = placeOf(fields, name, at);
  const value = field(fields, name);
  const list = asList(value);
  if (list === undefined) yield { kind: 'unknown', error: `${place}: ${shown(value)} is not a list` };
  for (const [index, element] of (list ?? []).entries()) {
    const part = asFields(element);
    const isOfKind = part !== undefined && TELLING.some(([telling, told]) => told === kind && has(part, telling));
    yield isOfKind ? { kind, fields: part, at: `${place}[${index}]` } : unknown(element, `${place}[${index}]`);
  }
}

function* partsOfOne(value: unknown, at: string): Generator<DescriptionPart> {
  const fields = asFields(value);
  const lists = fields === undefined ? [] : LISTS.filter(([name]) => has(fields, name));
  if (fields !== undefined && lists.length > 0) {
    for (const [name, kind] of lists) yield* partsOfList(fields, name, kind, at);
    return;
  }
  const kind = fields === undefined ? undefined : TELLING.find(([name]) => has(fields, name))?.[1];
  yield fields === undefined || kind === undefined ? unknown(value, at) : { kind, fields, at };
}

/** Takes a description apart into groups, rules and permissions, in the order they stand; what is none of them is `unknown`. */
export function* partsOf(json: unknown): Generator<DescriptionPart> {
  if (!Array.isArray(json)) {
    yield* partsOfOne(json, '');
    return;
  }
  for (const [index, element] of json.entries()) yield* partsOfOne(element, `[${index}]`);
}
