import type { Change } from '../../domain/change.ts';
import { EventUnreadable } from '../../domain/errors.ts';
import { asFields, field, textField } from '../json.ts';
import { actorOf } from './actor.ts';
import { CALLS, type Call, isCall, READERS } from './calls.ts';
import { accountOf, idOf, openRecord, partOf, regionOf, type TrailRecord, timeOf } from './record.ts';
import { exemptionTagsIn } from './tags.ts';

/** What an event comes to: a change to look at, or nothing to do and why. */
export type EventReading =
  | { readonly kind: 'change'; readonly change: Change }
  | { readonly kind: 'ignored'; readonly reason: string };

function ignored(reason: string): EventReading {
  return { kind: 'ignored', reason };
}

function callName(record: TrailRecord): string {
  const name = textField(record.fields, 'eventName');
  if (name === undefined) throw new EventUnreadable(`${record.prefix}eventName`, 'the name of an API call');
  return name;
}

function failureOf(record: TrailRecord): string | undefined {
  const code = field(record.fields, 'errorCode');
  if (code === undefined || code === '') return undefined;
  if (typeof code !== 'string') throw new EventUnreadable(`${record.prefix}errorCode`, 'a text, or nothing');
  return code;
}

/** A call that EC2 was only asked to check, or that failed, changed nothing: why, or undefined where it did. */
function noEffect(record: TrailRecord, call: Call): string | undefined {
  const failure = failureOf(record);
  const isDryRun =
    failure?.endsWith('DryRunOperation') === true || field(partOf(record, 'requestParameters'), 'dryRun') === true;
  if (isDryRun) return `${call} was a dry run`;
  return failure === undefined ? undefined : `${call} failed with ${failure}`;
}

/**
 * Reads a CloudTrail event, bare or as EventBridge delivers it (the record is judged, not the envelope). The change points at groups
 * and at what came to them; what is open is read from EC2.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 * @throws EventUnreadable naming the field that cannot be read, and what was expected there. Nothing else, whatever the input.
 */
export function readCloudTrail(event: unknown): EventReading {
  const record = openRecord(event);
  const call = callName(record);
  const service = textField(record.fields, 'eventSource');
  if (!isCall(call, service))
    return ignored(`${call} ${service === undefined ? '' : `of ${service} `}changes no security group`);
  const idle = noEffect(record, call);
  if (idle !== undefined) return ignored(idle);
  const subject = READERS[call](record);
  if (subject === undefined)
    return ignored(CALLS[call] === 'tagged' ? `${call} changes no exemption tag` : `${call} names no security group`);
  const exemptionTags = exemptionTagsIn(record, call);
  return {
    kind: 'change',
    change: {
      id: idOf(record),
      call,
      trigger: CALLS[call],
      ...subject,
      actor: actorOf(record),
      ...(exemptionTags && { exemptionTags }),
      at: timeOf(record),
      account: accountOf(record),
      region: regionOf(record),
    },
  };
}

/**
 * Refuses a record that is not about the cell's own account. AWS delivers a copy of an event on a shared resource to the owner and to the
 * caller, each with its own account as the recipient, so each cell handles its own copy.
 *
 * @param event as EventBridge delivered it.
 * @param own the cell's account.
 * @throws EventUnreadable where the record, or the envelope around it, names another account.
 */
export function checkAccount(event: unknown, { account }: Pick<Change, 'account'>, own: string): void {
  if (account !== own)
    throw new EventUnreadable('detail.recipientAccountId', `${own}, the account of this cell, found ${account}`);
  const envelope = textField(asFields(event) ?? {}, 'account');
  if (envelope !== undefined && envelope !== account)
    throw new EventUnreadable('account', `${account}, the account of the record inside, found ${envelope}`);
}
