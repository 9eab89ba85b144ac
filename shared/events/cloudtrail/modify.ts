import type { Brought } from '../../domain/change.ts';
import { EventUnreadable } from '../../domain/errors.ts';
import type { RuleContent } from '../../domain/rule.ts';
import type { EventSubject } from '../event-subject.ts';
import { asFields, type Fields, field, listField, lowerKeys } from '../fields.ts';
import { groupIdOf, ruleIdOf } from '../ids.ts';
import { readable } from '../requests/note.ts';
import { asStated } from './contents.ts';
import { readFlatRule } from './flat-rule.ts';
import type { TrailRecord } from './record.ts';
import { wrappedPart } from './wrapped.ts';

interface Modified {
  readonly id: string;
  /** Absent where the event does not say, or not readably: it only helps to tell a stale look. */
  readonly content?: RuleContent;
}

const modifiedBy = (item: unknown): readonly Modified[] => {
  const fields = lowerKeys(asFields(item) ?? {});
  const id = ruleIdOf(field(fields, 'securitygroupruleid'));
  const inner = asFields(field(fields, 'securitygrouprule'));
  const [content] = inner === undefined ? [] : readable(() => asStated(readFlatRule(inner, '', 'ingress')));
  return id === undefined ? [] : [{ id, ...(content && { content }) }];
};

const modifiedIn = (request: Fields): readonly Modified[] =>
  ['securitygrouprule', 'securitygrouprules'].flatMap((name) => listField(request, name)).flatMap(modifiedBy);

const broughtBy = (modified: readonly Modified[]): Brought => {
  if (modified.length === 0) return { kind: 'unknown' };
  const ids = [...new Set(modified.map(({ id }) => id))];
  const becoming = modified.flatMap(({ id, content }) => (content === undefined ? [] : [{ id, content }]));
  return { kind: 'rules', ids, contents: [], becoming };
};

/**
 * Reads ModifySecurityGroupRules: a wrapper in capitals, one object for one rule, an array for several. The event tells neither the
 * direction nor the old state, so the rules are brought by their ids; what they were to become only tells a stale look.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySecurityGroupRules.html
 * @throws EventUnreadable where neither the group nor a rule can be told.
 */
export const readModify = (record: TrailRecord): EventSubject => {
  const request = wrappedPart(record, 'requestParameters', 'ModifySecurityGroupRulesRequest');
  const groupId = groupIdOf(field(request, 'groupid'));
  const modified = modifiedIn(request);
  const ids = modified.map(({ id }) => id);
  if (groupId === undefined && ids.length === 0) {
    throw new EventUnreadable(
      `${record.prefix}requestParameters.ModifySecurityGroupRulesRequest.GroupId`,
      'a security group id such as sg-0123456789abcdef0',
    );
  }
  return {
    scope: groupId === undefined ? { by: 'rule-id', ids } : { by: 'group-id', ids: [groupId] },
    brought: broughtBy(modified),
  };
};
