import type { PutEventsRequest, PutEventsRequestEntry, PutEventsResponse } from '@aws-sdk/client-eventbridge';
import { uuid } from '../../../shared/domain/runtime.ts';
import type { Region } from '../state/account.ts';
import { AwsError, type Operations } from '../state/operation.ts';

/**
 * Maximum size of all entries of a call.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html
 */
const MAX_BYTES = 262_144;
const MAX_ENTRIES = 10;

function bytes(text: string | undefined): number {
  return Buffer.byteLength(text ?? '', 'utf8');
}

function sizeOf({ Source, DetailType, Detail, Resources = [] }: PutEventsRequestEntry): number {
  return [Source, DetailType, Detail, ...Resources].reduce((sum, text) => sum + bytes(text), 0);
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

type EntryResult = { readonly EventId: string } | { readonly ErrorCode: string; readonly ErrorMessage: string };

function failedEntry(ErrorCode: string, ErrorMessage: string): EntryResult {
  return { ErrorCode, ErrorMessage };
}

function putEvent(region: Region, entry: PutEventsRequestEntry): EntryResult {
  const { Source, DetailType, Detail, EventBusName, Resources } = entry;
  if (!Source)
    return failedEntry('InvalidArgument', 'Parameter Source is not valid. Reason: Source is a required argument.');
  if (Source.startsWith('aws.'))
    return failedEntry('NotAuthorizedForSourceException', 'Not authorized for the source.');
  if (!DetailType) return failedEntry('InvalidArgument', 'Parameter DetailType is not valid.');
  if (!Detail || !isObject(Detail)) return failedEntry('MalformedDetail', 'Detail is malformed.');
  const eventId = uuid(region.account.random);
  region.account.busEvents.push({
    eventId,
    bus: EventBusName ?? 'default',
    source: Source,
    detailType: DetailType,
    detail: Detail,
    resources: Resources ?? [],
    at: region.account.clock.now(),
    region: region.name,
  });
  return { EventId: eventId };
}

/**
 * PutEvents. An invalid entry fails alone. Throws ValidationException for too many entries and for entries
 * that are too large.
 */
function putEvents(region: Region, { Entries = [] }: PutEventsRequest): PutEventsResponse {
  if (Entries.length === 0 || Entries.length > MAX_ENTRIES) {
    throw new AwsError('ValidationException', `Entries must have 1 to ${MAX_ENTRIES} members`);
  }
  if (Entries.reduce((sum, entry) => sum + sizeOf(entry), 0) > MAX_BYTES) {
    throw new AwsError('ValidationException', 'Total size of the entries in the request is over the limit.');
  }
  const results = Entries.map((entry) => putEvent(region, entry));
  return { Entries: results, FailedEntryCount: results.filter((one) => 'ErrorCode' in one).length };
}

/** The operations of EventBridge. */
export const eventOperations = { PutEvents: putEvents } satisfies Operations;
