import type { AddedRules, Scope } from '../../domain/change.ts';
import { EventUnreadable } from '../../domain/errors.ts';
import { asFields, asText, type Fields, field, lowerKeys, textField } from '../json.ts';

/** What an event is about: the groups to look at, and what the change brought them. */
export interface EventSubject {
  readonly scope: Scope;
  readonly added: AddedRules;
}

/** A CloudTrail record, and EventBridge's envelope where it came in one. */
export interface TrailRecord {
  readonly fields: Fields;
  readonly envelope?: Fields;
  /** Place of the record in the input, for messages: `detail.` or nothing. */
  readonly prefix: string;
}

/**
 * Opens an EventBridge event, or takes a bare CloudTrail record as it is.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 * @throws EventUnreadable where it is neither.
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

function isOmitted(part: Fields): boolean {
  const omitted = field(part, 'omitted');
  return omitted === true || omitted === 'true';
}

/** A part of the record (`requestParameters`, `responseElements`); empty where CloudTrail left it out for its size (`omitted`) or it is none. */
export function partOf(record: TrailRecord, name: 'requestParameters' | 'responseElements' | 'userIdentity'): Fields {
  const part = asFields(field(record.fields, name));
  return part === undefined || isOmitted(part) ? {} : part;
}

function accountText(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : asText(value);
}

/** Account that the event was delivered to: of a shared resource, owner and caller both get one. */
export function accountOf(record: TrailRecord): string {
  return (
    accountText(field(record.fields, 'recipientAccountId')) ??
    (record.envelope === undefined ? undefined : accountText(field(record.envelope, 'account'))) ??
    accountText(field(partOf(record, 'userIdentity'), 'accountId')) ??
    'unknown'
  );
}

/** Region of the call. */
export function regionOf(record: TrailRecord): string {
  return (
    textField(record.fields, 'awsRegion') ??
    (record.envelope === undefined ? undefined : textField(record.envelope, 'region')) ??
    'unknown'
  );
}

/**
 * CloudTrail's eventID, or EventBridge's id where it is missing.
 *
 * @throws EventUnreadable where both are.
 */
export function idOf(record: TrailRecord): string {
  const id =
    textField(record.fields, 'eventID') ??
    (record.envelope === undefined ? undefined : textField(record.envelope, 'id'));
  if (id === undefined) throw new EventUnreadable(`${record.prefix}eventID`, "CloudTrail's id of the event");
  return id;
}

function timeIn(fields: Fields | undefined, name: string): number {
  const text = fields === undefined ? undefined : textField(fields, name);
  return text !== undefined && /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
}

/**
 * Time of the call, milliseconds since the epoch: eventTime, or EventBridge's time where it is missing.
 *
 * @throws EventUnreadable where neither is a time.
 */
export function timeOf(record: TrailRecord): number {
  const at = [timeIn(record.fields, 'eventTime'), timeIn(record.envelope, 'time')].find((time) => !Number.isNaN(time));
  if (at === undefined) throw new EventUnreadable(`${record.prefix}eventTime`, 'a time such as 2026-01-31T12:00:00Z');
  return at;
}

/**
 * A part of EC2's newer calls, which stands in a wrapper named for the call (`ModifySecurityGroupRulesRequest`) and is spelled in
 * capitals; without the wrapper where there is none. Keys are given in lower case, one level deep: no public record confirms the
 * spelling of every call.
 */
export function wrappedPart(
  record: TrailRecord,
  name: 'requestParameters' | 'responseElements',
  wrapper: string,
): Fields {
  const part = lowerKeys(partOf(record, name));
  const wrapped = asFields(field(part, wrapper.toLowerCase()));
  return wrapped === undefined ? part : lowerKeys(wrapped);
}
