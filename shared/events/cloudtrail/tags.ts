import type { TagRequest } from '../../domain/change.ts';
import { EventUnreadable } from '../../domain/errors.ts';
import { EXEMPT_REASON_TAG, EXEMPT_UNTIL_TAG } from '../../domain/exemption.ts';
import type { Tags } from '../../domain/group.ts';
import { readTags } from '../describe/group.ts';
import { groupIdOf, ruleIdOf } from '../ids.ts';
import { asFields, field, isFields, listField, textField } from '../json.ts';
import { type EventSubject, partOf, type TrailRecord } from './record.ts';
import { responseRules } from './rules.ts';

/** The request, where it names an exemption tag of some group or rule. */
function requestOf(what: TagRequest['what'], resources: readonly string[], tags: Tags): TagRequest | undefined {
  const { [EXEMPT_UNTIL_TAG]: until, [EXEMPT_REASON_TAG]: reason } = tags;
  if (resources.length === 0 || (until === undefined && reason === undefined)) return undefined;
  return {
    what,
    resources: [...new Set(resources)],
    ...(until === undefined ? {} : { until }),
    ...(reason === undefined ? {} : { reason }),
  };
}

const EVERY_TAG: Tags = { [EXEMPT_UNTIL_TAG]: '', [EXEMPT_REASON_TAG]: '' };

function taggedIn(record: TrailRecord): readonly string[] {
  return listField(partOf(record, 'requestParameters'), 'resourcesSet').flatMap((item) => {
    const fields = asFields(item);
    const id = fields === undefined ? item : field(fields, 'resourceId');
    return groupIdOf(id) ?? ruleIdOf(id) ?? [];
  });
}

/** A request without tags deletes all of them. @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteTags.html */
function byTagCall(record: TrailRecord, call: 'CreateTags' | 'DeleteTags'): TagRequest | undefined {
  const tags = readTags(field(partOf(record, 'requestParameters'), 'tagSet'));
  const isAll = call === 'DeleteTags' && Object.keys(tags).length === 0;
  return requestOf(call === 'CreateTags' ? 'set' : 'removed', taggedIn(record), isAll ? EVERY_TAG : tags);
}

/** Tags given to what is created. */
function specifiedTags(record: TrailRecord, type: string): Tags {
  return Object.fromEntries(
    listField(partOf(record, 'requestParameters'), 'tagSpecificationSet')
      .filter(isFields)
      .filter((specification) => (textField(specification, 'resourceType') ?? type) === type)
      .flatMap((specification) => Object.entries(readTags(field(specification, 'tags')))),
  );
}

function byCreation(record: TrailRecord): TagRequest | undefined {
  const response = partOf(record, 'responseElements');
  const rules = responseRules(response).flatMap((rule) => ruleIdOf(field(rule, 'securityGroupRuleId')) ?? []);
  if (rules.length > 0) return requestOf('set', rules, specifiedTags(record, 'security-group-rule'));
  const group = groupIdOf(field(response, 'groupId'));
  return group === undefined ? undefined : requestOf('set', [group], specifiedTags(record, 'security-group'));
}

/** Calls that can set exemption tags or take them away. */
const SOURCES: ReadonlyMap<string, (record: TrailRecord) => TagRequest | undefined> = new Map([
  ['CreateTags', (record: TrailRecord) => byTagCall(record, 'CreateTags')],
  ['DeleteTags', (record: TrailRecord) => byTagCall(record, 'DeleteTags')],
  ['CreateSecurityGroup', byCreation],
  ['AuthorizeSecurityGroupIngress', byCreation],
  ['AuthorizeSecurityGroupEgress', byCreation],
]);

/** Exemption tags that a call set or took away; undefined where it did neither. */
export function exemptionTagsIn(record: TrailRecord, call: string): TagRequest | undefined {
  return SOURCES.get(call)?.(record);
}

/**
 * Reads CreateTags and DeleteTags: of interest only where exemption tags of groups or rules are among them. Nothing is brought: tags let
 * nobody in. Where groups and rules are tagged in one call, the groups are looked at.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTags.html
 * @throws EventUnreadable where CloudTrail left out the request.
 */
export function readTagCall(record: TrailRecord, call: 'CreateTags' | 'DeleteTags'): EventSubject | undefined {
  if (Object.keys(partOf(record, 'requestParameters')).length === 0)
    throw new EventUnreadable(`${record.prefix}requestParameters`, 'the resources that were tagged');
  const { resources = [] } = byTagCall(record, call) ?? {};
  const groups = resources.filter((id) => groupIdOf(id) !== undefined);
  if (groups.length > 0) return { scope: { by: 'group-id', ids: groups }, added: { kind: 'unknown' } };
  return resources.length === 0 ? undefined : { scope: { by: 'rule-id', ids: resources }, added: { kind: 'unknown' } };
}
