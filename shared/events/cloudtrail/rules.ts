import type { Brought, Scope } from '../../domain/change.ts';
import { EventUnreadable } from '../../domain/errors.ts';
import type { Direction } from '../../domain/rule.ts';
import type { EventSubject } from '../event-subject.ts';
import { asFields, type Fields, field, listField, textField } from '../fields.ts';
import { groupIdOf, ruleIdOf } from '../ids.ts';
import { requestContents, responseContents, responseRules } from './contents.ts';
import { partOf, type TrailRecord } from './record.ts';

const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)];

/** Rule ids of a revoke by ids, as texts or as objects: no public record shows which. */
const requestRuleIds = (request: Fields): readonly string[] => {
  const value = field(request, 'securityGroupRuleIds') ?? field(request, 'securityGroupRuleIdSet');
  const items = typeof value === 'string' ? [value] : listField({ value }, 'value');
  return items.flatMap((item) => {
    const fields = asFields(item);
    return ruleIdOf(fields === undefined ? item : field(fields, 'securityGroupRuleId')) ?? [];
  });
};

const scopeOf = (record: TrailRecord, ruleIds: readonly string[]): Scope => {
  const request = partOf(record, 'requestParameters');
  const named = [request, ...responseRules(partOf(record, 'responseElements'))].flatMap(
    (part) => groupIdOf(field(part, 'groupId')) ?? [],
  );
  if (named.length > 0) return { by: 'group-id', ids: unique(named) };
  const name = textField(request, 'groupName');
  if (name !== undefined && field(request, 'groupId') === undefined) return { by: 'group-name', names: [name] };
  if (ruleIds.length > 0) return { by: 'rule-id', ids: ruleIds };
  throw new EventUnreadable(
    `${record.prefix}requestParameters.groupId`,
    'a security group id such as sg-0123456789abcdef0 (or a groupName)',
  );
};

const broughtOf = (ids: readonly string[], request: Fields, response: Fields, direction: Direction): Brought => {
  const told = responseContents(response, direction);
  const contents = told.length > 0 ? told : requestContents(request, direction);
  return ids.length === 0 && contents.length === 0 ? { kind: 'unknown' } : { kind: 'rules', ids, contents };
};

/**
 * Reads AuthorizeSecurityGroupIngress/Egress and RevokeSecurityGroupIngress/Egress.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
 * @throws EventUnreadable where no group can be told.
 */
export const readRulesCall = (record: TrailRecord, direction: Direction): EventSubject => {
  const request = partOf(record, 'requestParameters');
  const response = partOf(record, 'responseElements');
  const told = responseRules(response).flatMap((rule) => ruleIdOf(field(rule, 'securityGroupRuleId')) ?? []);
  const ids = unique([...told, ...requestRuleIds(request)]);
  const scope = scopeOf(record, ids);
  return { scope, brought: broughtOf(ids, request, response, direction) };
};
