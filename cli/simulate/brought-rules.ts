import type { Change } from '../../shared/model/change.ts';
import type { Rule, RuleContent } from '../../shared/model/rule.ts';
import { openRecord, partOf } from '../../shared/readers/cloudtrail-record.ts';
import { asFields, type Fields, field, listField, textField } from '../../shared/readers/fields.ts';
import { readFlatRule } from '../../shared/readers/flat-rule.ts';
import { readable } from '../../shared/readers/note.ts';

/** What an event tells of rules that exist after it. */
export interface BroughtRules {
  readonly rules: readonly Rule[];
  /** What had to be assumed. */
  readonly notes: readonly string[];
}

/** No rules. */
export const NOTHING: BroughtRules = { rules: [], notes: [] };

const added = (groupId: string, ids: readonly string[], contents: readonly RuleContent[]): BroughtRules => {
  const isPaired = ids.length === contents.length;
  return {
    rules: contents.map((content, index) => {
      const id = isPaired ? ids[index] : undefined;
      return { groupId, ...(id === undefined ? {} : { id }), ...content };
    }),
    notes: [],
  };
};

const modifiedRule = (item: unknown, groupId: string): readonly Rule[] => {
  const fields = asFields(item);
  const content = fields === undefined ? undefined : asFields(field(fields, 'securityGroupRule'));
  const id = fields === undefined ? undefined : textField(fields, 'securityGroupRuleId');
  if (content === undefined || id === undefined) return [];
  return readable(() => ({ groupId, id, ...readFlatRule(content, '', 'ingress') }));
};

const modifiedItems = (event: unknown): readonly unknown[] => {
  const request = partOf(openRecord(event), 'requestParameters');
  const wrapped: Fields = asFields(field(request, 'modifySecurityGroupRulesRequest')) ?? request;
  return listField(wrapped, 'securityGroupRule');
};

const modified = (groupId: string, event: unknown): BroughtRules => {
  const rules = modifiedItems(event).flatMap((item) => modifiedRule(item, groupId));
  const notes =
    rules.length === 0
      ? []
      : ['the event does not tell the direction of a modified rule: taken as inbound where the state lacks the rule.'];
  return { rules, notes };
};

/** The rules that an event says it brought, with their ids where it has them. */
export const broughtRules = (change: Change, event: unknown): BroughtRules => {
  const { scope, brought, trigger } = change;
  const [groupId] = scope.by === 'group-id' ? scope.ids : [];
  if (groupId === undefined || brought.kind !== 'rules') return NOTHING;
  if (trigger === 'rules-added') return added(groupId, brought.ids, brought.contents);
  return trigger === 'rules-modified' ? modified(groupId, event) : NOTHING;
};
