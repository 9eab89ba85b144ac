import type { Group } from '../../domain/group.ts';
import type { Rule } from '../../domain/rule.ts';
import { contentKey } from '../../network/rule-key.ts';
import { textField } from '../fields.ts';
import { noting } from '../requests/note.ts';
import { type DescriptionPart, partsOf } from './description-parts.ts';
import { readGroup, readRule, UNIDENTIFIED } from './group.ts';
import { readPermission } from './permission.ts';

/** Groups that could be read, and what could not, each with its place. */
export interface GroupsRead {
  readonly groups: readonly Group[];
  readonly errors: readonly string[];
}

interface Draft {
  head: Omit<Group, 'rules'>;
  readonly rules: Map<string, Rule>;
}

const draftOf = (drafts: Map<string, Draft>, id: string): Draft => {
  const known = drafts.get(id);
  if (known !== undefined) return known;
  const draft: Draft = { head: { id, name: '', tags: {} }, rules: new Map() };
  drafts.set(id, draft);
  return draft;
};

/** The same rule comes from both descriptions: the one with the id stays. */
const addRule = (draft: Draft, rule: Rule): void => {
  const key = contentKey(rule);
  const known = draft.rules.get(key);
  if (rule.id === undefined) {
    if (known === undefined) draft.rules.set(key, rule);
    return;
  }
  const isAnother = known?.id !== undefined && known.id !== rule.id;
  draft.rules.set(isAnother ? `${key} ${rule.id}` : key, rule);
};

const unusedId = (drafts: ReadonlyMap<string, Draft>): string => {
  if (!drafts.has(UNIDENTIFIED)) return UNIDENTIFIED;
  return `${UNIDENTIFIED}-${drafts.size + 1}`;
};

const takeGroup = (drafts: Map<string, Draft>, group: Group): void => {
  const id = group.id === UNIDENTIFIED ? unusedId(drafts) : group.id;
  const { rules, ...head } = group;
  const draft = draftOf(drafts, id);
  draft.head = { ...head, id };
  for (const rule of rules) addRule(draft, id === group.id ? rule : { ...rule, groupId: id });
};

const take = (drafts: Map<string, Draft>, part: DescriptionPart, errors: string[]): void => {
  switch (part.kind) {
    case 'group':
      takeGroup(drafts, readGroup(part.fields, part.at, errors));
      return;
    case 'rule': {
      const rule = noting(errors, () => readRule(part.fields, part.at));
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
};

/**
 * Reads security groups from what EC2's describe calls give (SDK or CLI): `{SecurityGroups}`, `{SecurityGroupRules}`, an array of
 * responses, groups, rules or permissions, or one of these alone. Descriptions of the same group are merged: names and tags come
 * from DescribeSecurityGroups, rule ids from DescribeSecurityGroupRules. Never throws: one bad rule does not lose the rest.
 *
 * @param source names the input in messages: a file, or `stdin`.
 */
export const readGroups = (json: unknown, source: string): GroupsRead => {
  const drafts = new Map<string, Draft>();
  const errors: string[] = [];
  for (const part of partsOf(json)) take(drafts, part, errors);
  return {
    groups: Array.from(drafts.values(), ({ head, rules }) => ({ ...head, rules: [...rules.values()] })),
    errors: errors.map((error) => `${source}: ${error}`),
  };
};
