import type { Group, Rule } from '../../domain/group.ts';
import { contentKey } from '../../network/rule-key.ts';
import { asFields, asList, type Fields, field, orNote, placeOf, preview, spelling, textField } from '../json.ts';
import { readGroup, readRule, UNIDENTIFIED } from './group.ts';
import { readPermission } from './rules.ts';

/** A part of a description, with its path for error messages. */
type DescriptionPart =
  | { readonly kind: 'group' | 'rule' | 'permission'; readonly fields: Fields; readonly at: string }
  | { readonly kind: 'unknown'; readonly error: string };

/** Splits a description into groups, rules and permissions. Anything else is `unknown`. */
export function* partsOf(json: unknown): Generator<DescriptionPart> {
  if (!Array.isArray(json)) {
    yield* partsOfOne(json, '');
    return;
  }
  for (const [index, element] of json.entries()) yield* partsOfOne(element, `[${index}]`);
}

type Kind = 'group' | 'rule' | 'permission';

const LISTS: readonly (readonly [name: string, kind: Kind])[] = [
  ['securityGroups', 'group'],
  ['securityGroupRules', 'rule'],
];

/** Fields that identify the kind of an object. The first match decides. */
const IDENTIFYING_FIELDS: readonly (readonly [name: string, kind: Kind])[] = [
  ['securityGroupRuleId', 'rule'],
  ['isEgress', 'rule'],
  ['ipPermissions', 'group'],
  ['ipPermissionsEgress', 'group'],
  ['ipProtocol', 'permission'],
  ['groupId', 'group'],
  ['groupName', 'group'],
];

function* partsOfOne(value: unknown, at: string): Generator<DescriptionPart> {
  const fields = asFields(value);
  const lists = fields === undefined ? [] : LISTS.filter(([name]) => has(fields, name));
  if (fields !== undefined && lists.length > 0) {
    for (const [name, kind] of lists) yield* partsOfList(fields, name, kind, at);
    return;
  }
  const kind = fields === undefined ? undefined : IDENTIFYING_FIELDS.find(([name]) => has(fields, name))?.[1];
  yield fields === undefined || kind === undefined ? unknown(value, at) : { kind, fields, at };
}

function has(fields: Fields, name: string): boolean {
  return Object.hasOwn(fields, spelling(fields, name));
}

function* partsOfList(fields: Fields, name: string, kind: Kind, at: string): Generator<DescriptionPart> {
  const place = placeOf(fields, name, at);
  const value = field(fields, name);
  const list = asList(value);
  if (list === undefined) yield { kind: 'unknown', error: `${place}: ${preview(value)} is not a list` };
  for (const [index, element] of (list ?? []).entries()) {
    const part = asFields(element);
    const isOfKind =
      part !== undefined && IDENTIFYING_FIELDS.some(([key, kindOf]) => kindOf === kind && has(part, key));
    yield isOfKind ? { kind, fields: part, at: `${place}[${index}]` } : unknown(element, `${place}[${index}]`);
  }
}

const EXPECTED =
  'expected DescribeSecurityGroups or DescribeSecurityGroupRules JSON ({"SecurityGroups": […]}), groups, or IpPermissions';

/** Tells people how to get complete input. */
export const WHOLE_OUTPUT = 'give the whole output of: aws ec2 describe-security-groups';

function unknown(value: unknown, at: string): DescriptionPart {
  return {
    kind: 'unknown',
    error: `${at === '' ? 'top level' : at}: ${EXPECTED}, not ${preview(value)}; ${WHOLE_OUTPUT}`,
  };
}

/** The groups that could be read, and a message with a path for each part that could not. */
export interface DescribedGroups {
  readonly groups: readonly Group[];
  readonly errors: readonly string[];
}

interface Draft {
  head: Omit<Group, 'rules'>;
  readonly rules: Map<string, Rule>;
}

/**
 * Reads security groups from the output of EC2's describe calls (SDK or CLI): `{SecurityGroups}`,
 * `{SecurityGroupRules}`, a group, a rule, a permission, or an array of these. Merges descriptions of the
 * same group: names and tags come from DescribeSecurityGroups, rule ids from DescribeSecurityGroupRules.
 * Never throws, so that an unreadable rule does not hide the others.
 *
 * @param source name of the input in error messages: a file, or `stdin`.
 */
export function readGroups(json: unknown, source: string): DescribedGroups {
  const drafts = new Map<string, Draft>();
  const errors: string[] = [];
  for (const part of partsOf(json)) addPart(drafts, part, errors);
  return {
    groups: Array.from(drafts.values(), ({ head, rules }) => ({ ...head, rules: [...rules.values()] })),
    errors: errors.map((error) => `${source}: ${error}`),
  };
}

function addPart(drafts: Map<string, Draft>, part: DescriptionPart, errors: string[]): void {
  switch (part.kind) {
    case 'group':
      addGroup(drafts, readGroup(part.fields, part.at, errors));
      return;
    case 'rule': {
      const rule = orNote(errors, () => readRule(part.fields, part.at));
      const draft = draftOf(drafts, textField(part.fields, 'groupId') ?? UNIDENTIFIED);
      if (rule !== undefined) addRule(draft, rule);
      return;
    }
    case 'permission': {
      const draft = draftOf(drafts, UNIDENTIFIED);
      const head = { groupId: UNIDENTIFIED, direction: 'ingress' } as const;
      for (const rule of readPermission(part.fields, head, part.at, errors)) addRule(draft, rule);
      return;
    }
    case 'unknown':
      errors.push(part.error);
      return;
    default:
      part satisfies never;
  }
}

function addGroup(drafts: Map<string, Draft>, group: Group): void {
  const id = group.id === UNIDENTIFIED ? unusedId(drafts) : group.id;
  const { rules, ...head } = group;
  const draft = draftOf(drafts, id);
  draft.head = { ...head, id };
  for (const rule of rules) addRule(draft, id === group.id ? rule : { ...rule, groupId: id });
}

function unusedId(drafts: ReadonlyMap<string, Draft>): string {
  if (!drafts.has(UNIDENTIFIED)) return UNIDENTIFIED;
  return `${UNIDENTIFIED}-${drafts.size + 1}`;
}

function draftOf(drafts: Map<string, Draft>, id: string): Draft {
  const known = drafts.get(id);
  if (known !== undefined) return known;
  const draft: Draft = { head: { id, name: '', tags: {} }, rules: new Map() };
  drafts.set(id, draft);
  return draft;
}

/** Both descriptions state the same rule. The rule with an id replaces the one without. */
function addRule(draft: Draft, rule: Rule): void {
  const key = contentKey(rule);
  const known = draft.rules.get(key);
  if (rule.id === undefined) {
    if (known === undefined) draft.rules.set(key, rule);
    return;
  }
  const isAnother = known?.id !== undefined && known.id !== rule.id;
  draft.rules.set(isAnother ? `${key} ${rule.id}` : key, rule);
}
