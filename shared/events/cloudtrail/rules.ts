import type { AddedRules, Scope } from '../../domain/change.ts';
import { EventUnreadable } from '../../domain/errors.ts';
import type { Direction, RuleContent } from '../../domain/group.ts';
import { hasPorts } from '../describe/rule-fields.ts';
import { readFlatRule, readPermission } from '../describe/rules.ts';
import { A_GROUP_ID, groupIdOf, prefixListIdOf, ruleIdOf } from '../ids.ts';
import { asFields, asInteger, type Fields, field, listField, lowerKeys, orNothing, textField } from '../json.ts';
import { type EventSubject, partOf, responseRules, type TrailRecord, wrappedPart } from './record.ts';
import { tagsOfCreated } from './tags.ts';

/**
 * Reads AuthorizeSecurityGroupIngress.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
 * @throws EventUnreadable if the record names no group.
 */
export function readAuthorizeIngress(record: TrailRecord): EventSubject {
  return { ...readRevokeIngress(record), ...tagsOfCreated(record) };
}

/** Reads AuthorizeSecurityGroupEgress. Throws EventUnreadable if the record names no group. */
export function readAuthorizeEgress(record: TrailRecord): EventSubject {
  return { ...readRevokeEgress(record), ...tagsOfCreated(record) };
}

/** Reads RevokeSecurityGroupIngress. Throws EventUnreadable if the record names no group. */
export function readRevokeIngress(record: TrailRecord): EventSubject {
  return readRules(record, 'ingress');
}

/** Reads RevokeSecurityGroupEgress. Throws EventUnreadable if the record names no group. */
export function readRevokeEgress(record: TrailRecord): EventSubject {
  return readRules(record, 'egress');
}

function readRules(record: TrailRecord, direction: Direction): EventSubject {
  const request = partOf(record, 'requestParameters');
  const inResponse = responseRules(record);
  const responseIds = inResponse.flatMap((rule) => ruleIdOf(field(rule, 'securityGroupRuleId')) ?? []);
  const ids = unique([...responseIds, ...requestRuleIds(request)]);
  const stated = inResponse.flatMap((rule) => orNothing(() => asStated(readFlatRule(rule, '', direction))));
  const contents = stated.length > 0 ? stated : requestContents(request, direction);
  return {
    scope: scopeOf(record, ids),
    added: ids.length === 0 && contents.length === 0 ? { kind: 'unknown' } : { kind: 'rules', ids, contents },
  };
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}

/** Rule ids of a revoke by ids. They may be texts or objects: no public record shows which. */
function requestRuleIds(request: Fields): readonly string[] {
  const value = field(request, 'securityGroupRuleIds') ?? field(request, 'securityGroupRuleIdSet');
  const items = typeof value === 'string' ? [value] : listField({ value }, 'value');
  return items.flatMap((item) => {
    const fields = asFields(item);
    return ruleIdOf(fields === undefined ? item : field(fields, 'securityGroupRuleId')) ?? [];
  });
}

function scopeOf(record: TrailRecord, ruleIds: readonly string[]): Scope {
  const request = partOf(record, 'requestParameters');
  const groupIds = [request, ...responseRules(record)].flatMap((part) => groupIdOf(field(part, 'groupId')) ?? []);
  if (groupIds.length > 0) return { by: 'group-id', ids: unique(groupIds) };
  const name = textField(request, 'groupName');
  if (name !== undefined && field(request, 'groupId') === undefined) return { by: 'group-name', names: [name] };
  if (ruleIds.length > 0) return { by: 'rule-id', ids: ruleIds };
  throw new EventUnreadable(`${record.prefix}requestParameters.groupId`, `${A_GROUP_ID} (or a groupName)`);
}

/**
 * The rules that a request names, in the items form or the flat form. The flat form also carries an empty
 * `ipPermissions`, so the protocol in the request itself identifies it.
 */
export function requestContents(request: Fields, direction: Direction): readonly RuleContent[] {
  const items = listField(request, 'ipPermissions').flatMap((item) => readPermission(item, { direction }, '', []));
  const isFlat = items.length === 0 && field(request, 'ipProtocol') !== undefined;
  return (isFlat ? orNothing(() => readFlatRule(request, '', direction)) : items).map(asStated);
}

/** The rule as EC2 describes it later: a protocol without ports has the ports -1. */
function asStated(content: RuleContent): RuleContent {
  return hasPorts(content.protocol) ? content : { ...content, fromPort: -1, toPort: -1 };
}

/**
 * Reads ModifySecurityGroupRules. The request has one object for one rule and an array for several. The event
 * has neither the direction nor the old content, so the rules are named by their ids. Their new content only
 * serves to recognize a stale snapshot.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySecurityGroupRules.html
 * @throws EventUnreadable if the record names neither a group nor a rule.
 */
export function readRulesModified(record: TrailRecord): EventSubject {
  const request = wrappedPart(record, 'requestParameters', 'ModifySecurityGroupRulesRequest');
  const groupId = groupIdOf(field(request, 'groupid'));
  const rules = ['securitygrouprule', 'securitygrouprules']
    .flatMap((name) => listField(request, name))
    .flatMap(modifiedRule);
  const ids = unique(rules.map(({ id }) => id));
  if (groupId === undefined && ids.length === 0)
    throw new EventUnreadable(`${record.prefix}requestParameters.ModifySecurityGroupRulesRequest.GroupId`, A_GROUP_ID);
  const becoming = rules.flatMap(({ id, content }) => (content === undefined ? [] : [{ id, content }]));
  const added: AddedRules = ids.length === 0 ? { kind: 'unknown' } : { kind: 'rules', ids, contents: [], becoming };
  return { scope: groupId === undefined ? { by: 'rule-id', ids } : { by: 'group-id', ids: [groupId] }, added };
}

/** A rule of the request. Its content is undefined if the event does not state it readably. */
function modifiedRule(item: unknown): readonly { readonly id: string; readonly content: RuleContent | undefined }[] {
  const fields = lowerKeys(asFields(item) ?? {});
  const id = ruleIdOf(field(fields, 'securitygroupruleid'));
  const inner = asFields(field(fields, 'securitygrouprule'));
  const [content] = inner === undefined ? [] : orNothing(() => asStated(readFlatRule(inner, '', 'ingress')));
  return id === undefined ? [] : [{ id, content }];
}

/**
 * Reads ModifyManagedPrefixList. The change concerns every group with a rule that names the list.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyManagedPrefixList.html
 * @throws EventUnreadable if the record names no list.
 */
export function readPrefixListModified(record: TrailRecord): EventSubject {
  return readPrefixListChange(record, 'ModifyManagedPrefixList', modifyAddsEntries);
}

/** Reads RestoreManagedPrefixListVersion. Throws EventUnreadable if the record names no list. */
export function readPrefixListRestored(record: TrailRecord): EventSubject {
  return readPrefixListChange(record, 'RestoreManagedPrefixListVersion', () => true);
}

/** A new name, a new size and removed entries admit nobody. An omitted request may have added entries. */
function modifyAddsEntries(request: Fields): boolean {
  return (
    prefixListIdOf(field(request, 'prefixlistid')) === undefined ||
    ['addentry', 'addentries'].some((name) => listField(request, name).length > 0)
  );
}

function readPrefixListChange(
  record: TrailRecord,
  call: string,
  addsEntries: (request: Fields) => boolean,
): EventSubject {
  const request = wrappedPart(record, 'requestParameters', `${call}Request`);
  const response = wrappedPart(record, 'responseElements', `${call}Response`);
  const list = lowerKeys(asFields(field(response, 'prefixlist')) ?? {});
  const id = prefixListIdOf(field(request, 'prefixlistid')) ?? prefixListIdOf(field(list, 'prefixlistid'));
  if (id === undefined)
    throw new EventUnreadable(
      `${record.prefix}requestParameters.${call}Request.PrefixListId`,
      'a prefix list id such as pl-0123456789abcdef0',
    );
  if (!addsEntries(request)) return { scope: { by: 'prefix-list', ids: [id] }, added: { kind: 'unknown' } };
  // The request and the response both state the version before the change.
  const version = asInteger(field(request, 'currentversion')) ?? asInteger(field(list, 'version'));
  return {
    scope: { by: 'prefix-list', ids: [id], ...(version === undefined ? {} : { since: version }) },
    added: { kind: 'prefix-list', id, ...(version === undefined ? {} : { version }) },
  };
}
