import type { Change, TagRequest } from '../../domain/change.ts';
import { EventUnreadable } from '../../domain/errors.ts';
import { EXEMPT_REASON_TAG, EXEMPT_UNTIL_TAG } from '../../domain/exemption.ts';
import type { Tags } from '../../domain/group.ts';
import { readTags } from '../describe/group.ts';
import { groupIdOf, ruleIdOf } from '../ids.ts';
import { asFields, field, isFields, listField, textField } from '../json.ts';
import { type EventSubject, partOf, responseRules, type TrailRecord } from './record.ts';

/**
 * Reads CreateTags. Returns undefined unless the call sets an exemption tag on a group or rule.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTags.html
 * @throws EventUnreadable if CloudTrail omitted the request.
 */
export function readTagsCreated(record: TrailRecord): EventSubject | undefined {
  return tagged('set', taggedResources(record), requestTags(record));
}

/**
 * Reads DeleteTags. Returns undefined unless the call removes an exemption tag from a group or rule. A
 * request without tags removes all.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteTags.html
 * @throws EventUnreadable if CloudTrail omitted the request.
 */
export function readTagsDeleted(record: TrailRecord): EventSubject | undefined {
  const tags = requestTags(record);
  const removed = Object.keys(tags).length === 0 ? { [EXEMPT_UNTIL_TAG]: '', [EXEMPT_REASON_TAG]: '' } : tags;
  return tagged('removed', taggedResources(record), removed);
}

/** A tag adds no rule. If a call tags groups and rules, the change names the groups. */
function tagged(what: TagRequest['what'], resources: readonly string[], tags: Tags): EventSubject | undefined {
  const exemptionTags = tagRequest(what, resources, tags);
  if (exemptionTags === undefined) return undefined;
  const groupIds = exemptionTags.resources.filter((id) => groupIdOf(id) !== undefined);
  return {
    scope: groupIds.length > 0 ? { by: 'group-id', ids: groupIds } : { by: 'rule-id', ids: exemptionTags.resources },
    added: { kind: 'unknown' },
    exemptionTags,
  };
}

/** The exemption tags among tags, as a request; undefined if there are none. */
function tagRequest(what: TagRequest['what'], resources: readonly string[], tags: Tags): TagRequest | undefined {
  const { [EXEMPT_UNTIL_TAG]: until, [EXEMPT_REASON_TAG]: reason } = tags;
  if (resources.length === 0 || (until === undefined && reason === undefined)) return undefined;
  return {
    what,
    resources: [...new Set(resources)],
    ...(until === undefined ? {} : { until }),
    ...(reason === undefined ? {} : { reason }),
  };
}

function requestTags(record: TrailRecord): Tags {
  return readTags(field(partOf(record, 'requestParameters'), 'tagSet'));
}

/**
 * Ids of the groups and rules that the call tags. Throws EventUnreadable if CloudTrail omitted the request.
 */
function taggedResources(record: TrailRecord): readonly string[] {
  const request = partOf(record, 'requestParameters');
  if (Object.keys(request).length === 0)
    throw new EventUnreadable(`${record.prefix}requestParameters`, 'the resources that were tagged');
  return listField(request, 'resourcesSet').flatMap((item) => {
    const fields = asFields(item);
    const id = fields === undefined ? item : field(fields, 'resourceId');
    return groupIdOf(id) ?? ruleIdOf(id) ?? [];
  });
}

/** The exemption tags of a new group or of new rules. */
export function tagsOfCreated(record: TrailRecord): Pick<Change, 'exemptionTags'> {
  const ruleIds = responseRules(record).flatMap((rule) => ruleIdOf(field(rule, 'securityGroupRuleId')) ?? []);
  const groupId = groupIdOf(field(partOf(record, 'responseElements'), 'groupId'));
  const exemptionTags =
    ruleIds.length > 0
      ? tagRequest('set', ruleIds, specifiedTags(record, 'security-group-rule'))
      : tagRequest('set', groupId === undefined ? [] : [groupId], specifiedTags(record, 'security-group'));
  return exemptionTags === undefined ? {} : { exemptionTags };
}

function specifiedTags(record: TrailRecord, resourceType: string): Tags {
  return Object.fromEntries(
    listField(partOf(record, 'requestParameters'), 'tagSpecificationSet')
      .filter(isFields)
      .filter((specification) => (textField(specification, 'resourceType') ?? resourceType) === resourceType)
      .flatMap((specification) => Object.entries(readTags(field(specification, 'tags')))),
  );
}
