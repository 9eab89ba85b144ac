import type { Change } from '../model/change.ts';
import { EventUnreadable } from '../model/errors.ts';
import { actorOf } from './actor.ts';
import { CALLS, type Call, isCall } from './cloudtrail-calls.ts';
import { readGroupCreated, readVpcCreated } from './cloudtrail-created.ts';
import { readModify } from './cloudtrail-modify.ts';
import { accountOf, idOf, openRecord, partOf, regionOf, type TrailRecord, timeOf } from './cloudtrail-record.ts';
import { readRulesCall } from './cloudtrail-rules.ts';
import type { EventSubject } from './event-subject.ts';
import { field, textField } from './fields.ts';

/** What an event comes to: a change to look at, or nothing to do and why. */
export type EventReading =
  | { readonly kind: 'change'; readonly change: Change }
  | { readonly kind: 'ignored'; readonly reason: string };

const nameOf = (record: TrailRecord): string => {
  const name = textField(record.fields, 'eventName');
  if (name === undefined) throw new EventUnreadable(`${record.prefix}eventName`, 'the name of an API call');
  return name;
};

const failureOf = (record: TrailRecord): string | undefined => {
  const code = field(record.fields, 'errorCode');
  if (code === undefined || code === '') return undefined;
  if (typeof code !== 'string') throw new EventUnreadable(`${record.prefix}errorCode`, 'a text, or nothing');
  return code;
};

/** Why a call changed nothing; undefined where it did. */
const idleness = (record: TrailRecord, name: string): string | undefined => {
  const service = textField(record.fields, 'eventSource');
  if (service !== undefined && service !== 'ec2.amazonaws.com') return `${name} is a call to ${service}, not to EC2`;
  if (!isCall(name)) return `${name} changes no security group`;
  const failure = failureOf(record);
  const isDryRun =
    failure?.endsWith('DryRunOperation') === true || field(partOf(record, 'requestParameters'), 'dryRun') === true;
  if (isDryRun) return `${name} was a dry run`;
  return failure === undefined ? undefined : `${name} failed with ${failure}`;
};

const subjectOf = (record: TrailRecord, call: Call): EventSubject => {
  switch (call) {
    case 'AuthorizeSecurityGroupIngress':
    case 'RevokeSecurityGroupIngress':
      return readRulesCall(record, 'ingress');
    case 'AuthorizeSecurityGroupEgress':
    case 'RevokeSecurityGroupEgress':
      return readRulesCall(record, 'egress');
    case 'ModifySecurityGroupRules':
      return readModify(record);
    case 'CreateSecurityGroup':
      return readGroupCreated(record);
    case 'CreateVpc':
    case 'CreateDefaultVpc':
      return readVpcCreated(record);
    default:
      return call satisfies never;
  }
};

/**
 * Reads a CloudTrail event, bare or as EventBridge delivers it (the record is judged, not the envelope). The change points at groups
 * and at what came to them; what is open is read from EC2.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 * @throws EventUnreadable naming the field that cannot be read, and what was expected there. Nothing else, whatever the input.
 */
export const readCloudTrail = (event: unknown): EventReading => {
  const record = openRecord(event);
  const call = nameOf(record);
  const reason = idleness(record, call);
  if (reason !== undefined || !isCall(call))
    return { kind: 'ignored', reason: reason ?? `${call} changes no security group` };
  return {
    kind: 'change',
    change: {
      id: idOf(record),
      call,
      trigger: CALLS[call],
      ...subjectOf(record, call),
      actor: actorOf(record),
      at: timeOf(record),
      account: accountOf(record),
      region: regionOf(record),
    },
  };
};
