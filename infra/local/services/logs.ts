import type { FilterLogEventsRequest, FilterLogEventsResponse } from '@aws-sdk/client-cloudwatch-logs';
import type { Region } from '../state/account.ts';
import { AwsError, type Operations } from '../state/operation.ts';
import type { LogEventRecord, LogGroupRecord } from '../state/records.ts';

/** Every container of a function writes to this log stream. */
export const LOG_STREAM = 'local';

/** Characters that a log group keeps. Beyond them, the oldest events are removed. */
const MAX_GROUP_CHARACTERS = 8_000_000;

/**
 * Characters of one event. Longer lines are cut.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
const MAX_EVENT_CHARACTERS = 262_144;

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html */
const MAX_PAGE = { events: 10_000, bytes: 1_048_576 } as const;

/** Name of the log group of a function. */
export function logGroupName(functionName: string): string {
  return `/aws/lambda/${functionName}`;
}

/**
 * Creates a log group if the region does not have one of this name. Returns a function that appends a line to
 * it.
 */
export function createLogGroup(region: Region, name: string): (line: string) => void {
  const group: LogGroupRecord = region.logGroups.get(name) ?? { events: [], characters: 0, appended: 0 };
  region.logGroups.set(name, group);
  return (line) => append(group, line.slice(0, MAX_EVENT_CHARACTERS), region.account.clock.now());
}

/**
 * Appends an event. Its time is never before the time of the event before it, also if the machine's clock is
 * set back.
 */
function append(group: LogGroupRecord, message: string, now: number): void {
  group.events.push({ sequence: group.appended, at: Math.max(now, group.events.at(-1)?.at ?? 0), message });
  group.appended += 1;
  group.characters += message.length;
  while (group.characters > MAX_GROUP_CHARACTERS) group.characters -= group.events.shift()?.message.length ?? 0;
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}

function requireGroup(region: Region, { logGroupName: name, logGroupIdentifier }: FilterLogEventsRequest) {
  const group = region.logGroups.get(name ?? logGroupIdentifier?.split(':log-group:').at(-1) ?? '');
  if (group) return group;
  throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
}

/**
 * The terms of a filter pattern: words, and phrases in double quotes. Throws InvalidParameterException for
 * any other pattern.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
function termsOf(pattern: string): readonly string[] {
  const tokens = pattern.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
  return tokens.map((token) => {
    if (token.startsWith('"') && token.endsWith('"') && token.length > 1) {
      return token.slice(1, -1).replace(/\\(.)/g, '$1');
    }
    if (/^\w+$/.test(token)) return token;
    throw invalid(`Invalid filter pattern: the embedded account supports words and quoted terms only, not ${token}`);
  });
}

/**
 * Tokens are opaque to callers. They hold the sequence number of the page's first event, so that a removal
 * moves no page.
 */
function tokenOf({ sequence }: LogEventRecord): string {
  return Buffer.from(`event:${sequence}`).toString('base64');
}

function sequenceOf(token: string): number {
  const digits = /^event:(\d+)$/.exec(Buffer.from(token, 'base64').toString('latin1'))?.[1];
  if (digits === undefined) throw invalid('The specified nextToken is invalid.');
  return Number(digits);
}

function pageSize(limit: number = MAX_PAGE.events): number {
  if (limit >= 1 && limit <= MAX_PAGE.events) return limit;
  throw invalid(`Value '${limit}' at 'limit' must be 1 to ${MAX_PAGE.events}`);
}

/** The first events, up to the size of a page. */
function firstPage(events: readonly LogEventRecord[], limit: number): readonly LogEventRecord[] {
  let bytes = 0;
  const end = events.findIndex(({ message }, index) => {
    bytes += Buffer.byteLength(message);
    return index === limit || (index > 0 && bytes > MAX_PAGE.bytes);
  });
  return end < 0 ? events : events.slice(0, end);
}

/**
 * FilterLogEvents: the events of a log group, oldest first. Throws ResourceNotFoundException,
 * InvalidParameterException.
 */
function filterLogEvents(region: Region, input: FilterLogEventsRequest): FilterLogEventsResponse {
  const { startTime = 0, endTime = Number.POSITIVE_INFINITY, nextToken, logStreamNames, logStreamNamePrefix } = input;
  if (logStreamNames?.length || logStreamNamePrefix) {
    throw invalid('The embedded account has one log stream for each function and does not filter by it');
  }
  const terms = termsOf(input.filterPattern ?? '');
  const limit = pageSize(input.limit);
  const from = nextToken === undefined ? 0 : sequenceOf(nextToken);
  const found = requireGroup(region, input).events.filter(
    ({ sequence, at, message }) =>
      sequence >= from && startTime <= at && at <= endTime && terms.every((term) => message.includes(term)),
  );
  const page = firstPage(found, limit);
  const next = found[page.length];
  return {
    events: page.map(({ sequence, at, message }) => ({
      logStreamName: LOG_STREAM,
      timestamp: at,
      message,
      ingestionTime: at,
      eventId: String(sequence).padStart(56, '0'),
    })),
    searchedLogStreams: [],
    ...(next && { nextToken: tokenOf(next) }),
  };
}

/** The operations of CloudWatch Logs. */
export const logOperations = { FilterLogEvents: filterLogEvents } satisfies Operations;
