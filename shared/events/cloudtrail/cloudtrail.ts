import type { Change } from '../../domain/change.ts';
import { EventUnreadable } from '../../domain/errors.ts';
import { type IgnoredEvent, ignore } from '../ignored.ts';
import { asFields, field, textField } from '../json.ts';
import { actorOf } from './actor.ts';
import { findCall } from './calls.ts';
import { accountOf, idOf, openRecord, partOf, regionOf, type TrailRecord, timeOf } from './record.ts';

/** The result of reading an event. */
export type EventReading = { readonly kind: 'change'; readonly change: Change } | IgnoredEvent;

/**
 * Reads a CloudTrail event, bare or in EventBridge's envelope. The change names groups and the rules that the
 * call added. It never says which ports are open: callers read that from EC2.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 * @throws EventUnreadable if a field cannot be read. The error names the field and what was expected. No
 * input causes another error.
 */
export function readCloudTrail(event: unknown): EventReading {
  const record = openRecord(event);
  const name = callName(record);
  const service = textField(record.fields, 'eventSource');
  const call = findCall(name, service);
  if (call === undefined) return ignore('other-call', service === undefined ? name : `${name} (${service})`);
  const withoutEffect = ignoredWithoutEffect(record, name);
  if (withoutEffect !== undefined) return withoutEffect;
  const subject = call.read(record);
  if (subject === undefined) return ignore(call.trigger === 'tagged' ? 'no-exemption-tag' : 'no-group', name);
  return {
    kind: 'change',
    change: {
      id: idOf(record),
      call: name,
      trigger: call.trigger,
      ...subject,
      actor: actorOf(record),
      at: timeOf(record),
      account: accountOf(record),
      region: regionOf(record),
    },
  };
}

function callName(record: TrailRecord): string {
  const name = textField(record.fields, 'eventName');
  if (name === undefined) throw new EventUnreadable(`${record.prefix}eventName`, 'the name of an API call');
  return name;
}

/** A dry run or a failed call changed nothing. */
function ignoredWithoutEffect(record: TrailRecord, name: string): IgnoredEvent | undefined {
  const errorCode = field(record.fields, 'errorCode') ?? '';
  if (typeof errorCode !== 'string') throw new EventUnreadable(`${record.prefix}errorCode`, 'a text, or nothing');
  if (errorCode.endsWith('DryRunOperation') || field(partOf(record, 'requestParameters'), 'dryRun') === true)
    return ignore('dry-run', name);
  return errorCode === '' ? undefined : ignore('failed-call', `${name} (${errorCode})`);
}

/**
 * Refuses a record of another account. For an event on a shared resource, AWS delivers one copy to the owner
 * and one to the caller. Each copy has its own account as the recipient, so each cell handles its own copy.
 *
 * @param event as EventBridge delivered it.
 * @param own the cell's account.
 * @throws EventUnreadable if the record or its envelope names another account.
 */
export function checkAccount(event: unknown, { account }: Pick<Change, 'account'>, own: string): void {
  if (account !== own)
    throw new EventUnreadable('detail.recipientAccountId', `${own}, the account of this cell, found ${account}`);
  const envelope = textField(asFields(event) ?? {}, 'account');
  if (envelope !== undefined && envelope !== account)
    throw new EventUnreadable('account', `${account}, the account of the record inside, found ${envelope}`);
}
