import { EventUnreadable } from '../model/errors.ts';
import { partOf, type TrailRecord } from './cloudtrail-record.ts';
import type { EventSubject } from './event-subject.ts';
import { asFields, type Fields, field, listField, lowerKeys } from './fields.ts';
import { groupIdOf, ruleIdOf } from './ids.ts';

const requestOf = (record: TrailRecord): Fields => {
  const request = lowerKeys(partOf(record, 'requestParameters'));
  const wrapped = asFields(field(request, 'modifysecuritygrouprulesrequest'));
  return wrapped === undefined ? request : lowerKeys(wrapped);
};

const ruleIdsOf = (request: Fields): readonly string[] => {
  const items = ['securitygrouprule', 'securitygrouprules'].flatMap((name) => listField(request, name));
  return [
    ...new Set(
      items.flatMap((item) => {
        const fields = asFields(item);
        return (fields === undefined ? undefined : ruleIdOf(field(lowerKeys(fields), 'securitygroupruleid'))) ?? [];
      }),
    ),
  ];
};

/**
 * Reads ModifySecurityGroupRules: a wrapper in capitals, one object for one rule, an array for several. The event tells neither the
 * direction nor the old state, so the rules are brought by their ids alone.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySecurityGroupRules.html
 * @throws EventUnreadable where neither the group nor a rule can be told.
 */
export const readModify = (record: TrailRecord): EventSubject => {
  const request = requestOf(record);
  const groupId = groupIdOf(field(request, 'groupid'));
  const ids = ruleIdsOf(request);
  if (groupId === undefined && ids.length === 0) {
    throw new EventUnreadable(
      `${record.prefix}requestParameters.ModifySecurityGroupRulesRequest.GroupId`,
      'a security group id such as sg-0123456789abcdef0',
    );
  }
  return {
    scope: groupId === undefined ? { by: 'rule-id', ids } : { by: 'group-id', ids: [groupId] },
    brought: ids.length === 0 ? { kind: 'unknown' } : { kind: 'rules', ids, contents: [] },
  };
};
