import type { Change } from '../../domain/change.ts';
import { EventUnreadable } from '../../domain/errors.ts';
import { asFields, asText, type Fields, field, isFields, listField, lowerKeys, textField } from '../json.ts';

/** What a call concerns: the groups, the rules that it added, and the exemption tags that it changed. */
export type EventSubject = Pick<Change, 'scope' | 'added' | 'exemptionTags'>;

/** A CloudTrail record, with EventBridge's envelope if the event had one. */
export interface TrailRecord {
  readonly fields: Fields;
  readonly envelope?: Fields;
  /** Prefix of field names in error messages: `detail.`, or empty for a bare record. */
  readonly prefix: string;
}

/**
 * Opens an EventBridge event or a bare CloudTrail record.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 * @throws EventUnreadable if the value is neither.
 */
export function openRecord(event: unknown): TrailRecord {
  const outer = asFields(event);
  if (outer === undefined)
    throw new EventUnreadable('top level', 'a CloudTrail record, or an EventBridge event with one under detail');
  if (!Object.hasOwn(outer, 'detail')) return { fields: outer, prefix: '' };
  const detail = asFields(outer['detail']);
  if (detail === undefined) throw new EventUnreadable('detail', 'a CloudTrail record');
  return { fields: detail, envelope: outer, prefix: 'detail.' };
}

type PartName = 'requestParameters' | 'responseElements' | 'userIdentity';

/** A part of the record. Empty if it is missing, or if CloudTrail omitted it for its size (`omitted`). */
export function partOf(record: TrailRecord, name: PartName): Fields {
  const part = asFields(field(record.fields, name));
  if (part === undefined) return {};
  const omitted = field(part, 'omitted');
  return omitted === true || omitted === 'true' ? {} : part;
}

/**
 * A part of one of EC2's newer calls. The part has a wrapper named after the call
 * (`ModifySecurityGroupRulesRequest`) and keys in PascalCase. No public record confirms the spelling of every
 * call, so the wrapper is optional and the keys are returned in lower case, one level deep.
 */
export function wrappedPart(record: TrailRecord, name: PartName, wrapper: string): Fields {
  const part = lowerKeys(partOf(record, name));
  const wrapped = asFields(field(part, wrapper.toLowerCase()));
  return wrapped === undefined ? part : lowerKeys(wrapped);
}

/** Rules in the response, one for each source. Absent before mid-2021. A revoke has another list. */
export function responseRules(record: TrailRecord): readonly Fields[] {
  const response = partOf(record, 'responseElements');
  return ['securityGroupRuleSet', 'revokedSecurityGroupRuleSet'].flatMap((name) =>
    listField(response, name).filter(isFields),
  );
}

/** The account that received the event. On a shared resource, owner and caller each receive one. */
export function accountOf(record: TrailRecord): string {
  return (
    accountText(field(record.fields, 'recipientAccountId')) ??
    accountText(field(record.envelope ?? {}, 'account')) ??
    accountText(field(partOf(record, 'userIdentity'), 'accountId')) ??
    'unknown'
  );
}

function accountText(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : asText(value);
}

/** Region of the call. */
export function regionOf(record: TrailRecord): string {
  return textField(record.fields, 'awsRegion') ?? textField(record.envelope ?? {}, 'region') ?? 'unknown';
}

/**
 * CloudTrail's eventID. If the record has none, EventBridge's id.
 *
 * @throws EventUnreadable if both are missing.
 */
export function idOf(record: TrailRecord): string {
  const id = textField(record.fields, 'eventID') ?? textField(record.envelope ?? {}, 'id');
  if (id === undefined) throw new EventUnreadable(`${record.prefix}eventID`, "CloudTrail's id of the event");
  return id;
}

/**
 * Time of the call in milliseconds since the epoch: `eventTime`. If the record has none, EventBridge's time.
 *
 * @throws EventUnreadable if neither is a time.
 */
export function timeOf(record: TrailRecord): number {
  const times = [timeIn(record.fields, 'eventTime'), timeIn(record.envelope ?? {}, 'time')];
  const at = times.find((time) => !Number.isNaN(time));
  if (at === undefined) throw new EventUnreadable(`${record.prefix}eventTime`, 'a time such as 2026-01-31T12:00:00Z');
  return at;
}

function timeIn(fields: Fields, name: string): number {
  const text = textField(fields, name);
  return text !== undefined && /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
}
