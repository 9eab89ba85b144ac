import type { AddedRules, Scope } from '../../domain/change.ts';
import { EventUnreadable } from '../../domain/errors.ts';
import type { Direction, RuleContent } from '../../domain/group.ts';
import { hasPorts } from '../describe/rule-fields.ts';
import { readFlatRule, readPermission } from '../describe/rules.ts';
import { groupIdOf, prefixListIdOf, ruleIdOf } from '../ids.ts';
import {
  asFields,
  asInteger,
  type Fields,
  field,
  isFields,
  listField,
  lowerKeys,
  orNothing,
  textField,
} from '../json.ts';
import { type EventSubject, partOf, type TrailRecord, wrappedPart } from './record.ts';

/** As EC2 will state it: for protocols without ports the request's (none, or 0 and 0) are ignored, and -1 is stated. */
function asStated(content: RuleContent): RuleContent {
  return hasPorts(content.protocol) ? content : { ...content, fromPort: -1, toPort: -1 };
}

/** Rules in the response, one for each source; a revoke names the list otherwise. Absent before mid-2021. */
export function responseRules(response: Fields): readonly Fields[] {
  return ['securityGroupRuleSet', 'revokedSecurityGroupRuleSet'].flatMap((name) =>
    listField(response, name).filter(isFields),
  );
}

/** What the response says was added or removed. */
function responseContents(response: Fields, direction: Direction): readonly RuleContent[] {
  return responseRules(response).flatMap((rule) => orNothing(() => asStated(readFlatRule(rule, '', direction))));
}

/**
 * What the request asks for, in the items form or the flat form. The flat form carries an empty `ipPermissions` too, so it is told
 * by the protocol in the request itself.
 */
export function requestContents(request: Fields, direction: Direction): readonly RuleContent[] {
  const items = listField(request, 'ipPermissions').flatMap((item) => readPermission(item, { direction }, '', []));
  const isFlat = items.length === 0 && field(request, 'ipProtocol') !== undefined;
  return (isFlat ? orNothing(() => readFlatRule(request, '', direction)) : items).map(asStated);
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}

/** Rule ids of a revoke by ids, as texts or as objects: no public record shows which. */
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
}

function broughtOf(ids: readonly string[], request: Fields, response: Fields, direction: Direction): AddedRules {
  const told = responseContents(response, direction);
  const contents = told.length > 0 ? told : requestContents(request, direction);
  return ids.length === 0 && contents.length === 0 ? { kind: 'unknown' } : { kind: 'rules', ids, contents };
}

/**
 * Reads AuthorizeSecurityGroupIngress/Egress and RevokeSecurityGroupIngress/Egress.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
 * @throws EventUnreadable where no group can be told.
 */
export function readRulesCall(record: TrailRecord, direction: Direction): EventSubject {
  const request = partOf(record, 'requestParameters');
  const response = partOf(record, 'responseElements');
  const told = responseRules(response).flatMap((rule) => ruleIdOf(field(rule, 'securityGroupRuleId')) ?? []);
  const ids = unique([...told, ...requestRuleIds(request)]);
  const scope = scopeOf(record, ids);
  return { scope, added: broughtOf(ids, request, response, direction) };
}

interface Modified {
  readonly id: string;
  /** Absent where the event does not say, or not readably: it only helps to tell a stale look. */
  readonly content?: RuleContent;
}

function modifiedBy(item: unknown): readonly Modified[] {
  const fields = lowerKeys(asFields(item) ?? {});
  const id = ruleIdOf(field(fields, 'securitygroupruleid'));
  const inner = asFields(field(fields, 'securitygrouprule'));
  const [content] = inner === undefined ? [] : orNothing(() => asStated(readFlatRule(inner, '', 'ingress')));
  return id === undefined ? [] : [{ id, ...(content && { content }) }];
}

function modifiedIn(request: Fields): readonly Modified[] {
  return ['securitygrouprule', 'securitygrouprules'].flatMap((name) => listField(request, name)).flatMap(modifiedBy);
}

function broughtBy(modified: readonly Modified[]): AddedRules {
  if (modified.length === 0) return { kind: 'unknown' };
  const ids = [...new Set(modified.map(({ id }) => id))];
  const becoming = modified.flatMap(({ id, content }) => (content === undefined ? [] : [{ id, content }]));
  return { kind: 'rules', ids, contents: [], becoming };
}

/**
 * Reads ModifySecurityGroupRules: a wrapper in capitals, one object for one rule, an array for several. The event tells neither the
 * direction nor the old state, so the rules are brought by their ids; what they were to become only tells a stale look.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySecurityGroupRules.html
 * @throws EventUnreadable where neither the group nor a rule can be told.
 */
export function readModify(record: TrailRecord): EventSubject {
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
    added: broughtBy(modified),
  };
}

type ListCall = 'ModifyManagedPrefixList' | 'RestoreManagedPrefixListVersion';

/** The list as the response states it: still at the version before the change. */
function answeredList(record: TrailRecord, call: ListCall): Fields {
  const list = asFields(field(wrappedPart(record, 'responseElements', `${call}Response`), 'prefixlist'));
  return list === undefined ? {} : lowerKeys(list);
}

/** A new name, a new size and entries that go let nobody in; where the request is not there, it may have added some. */
function addsEntries(request: Fields, call: ListCall): boolean {
  return (
    call === 'RestoreManagedPrefixListVersion' ||
    prefixListIdOf(field(request, 'prefixlistid')) === undefined ||
    ['addentry', 'addentries'].some((name) => listField(request, name).length > 0)
  );
}

/**
 * Reads ModifyManagedPrefixList and RestoreManagedPrefixListVersion: every group that names the list is to be looked at.
 * `CurrentVersion` of the request is the version before the change.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyManagedPrefixList.html
 * @throws EventUnreadable where the list cannot be told.
 */
export function readListChange(record: TrailRecord, call: ListCall): EventSubject {
  const request = wrappedPart(record, 'requestParameters', `${call}Request`);
  const answer = answeredList(record, call);
  const id = prefixListIdOf(field(request, 'prefixlistid')) ?? prefixListIdOf(field(answer, 'prefixlistid'));
  if (id === undefined) {
    throw new EventUnreadable(
      `${record.prefix}requestParameters.${call}Request.PrefixListId`,
      'a prefix list id such as pl-0123456789abcdef0',
    );
  }
  const version = asInteger(field(request, 'currentversion')) ?? asInteger(field(answer, 'version'));
  if (!addsEntries(request, call)) return { scope: { by: 'prefix-list', ids: [id] }, added: { kind: 'unknown' } };
  return {
    scope: { by: 'prefix-list', ids: [id], ...(version === undefined ? {} : { since: version }) },
    added: { kind: 'prefix-list', id, ...(version === undefined ? {} : { version }) },
  };
}
