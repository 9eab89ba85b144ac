import { ACTION_NAMES } from '../../domain/action.ts';
import { EventUnreadable } from '../../domain/errors.ts';
import { SEVERITIES } from '../../domain/finding.ts';
import type { Reason } from '../../domain/message.ts';
import { type Listing, MESSAGE_KINDS, type Message, type MessageKind } from '../../domain/message.ts';
import {
  integerIn,
  listIn,
  openPart,
  optionalIn,
  partIn,
  readIn,
  type StrictElement,
  type StrictPart,
  textIn,
  wordIn,
} from './strict-fields.ts';

/** One message of an SQS queue, as Lambda passes it to a function. */
export interface QueueRecord {
  /** SQS's id of the message. The response to Lambda names failed messages by it. */
  readonly receipt: string;
  readonly body: string;
  /** When SQS received the message, milliseconds since the epoch. */
  readonly sentAt: number;
}

/**
 * Reads a batch of messages from an SQS queue.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 * @throws EventUnreadable if the event is not a batch. Lambda then returns all messages to the queue.
 */
export function readSqsBatch(event: unknown): readonly QueueRecord[] {
  return listIn(openPart(event, 'event'), 'Records').map(recordOf);
}

function recordOf({ value, at }: StrictElement): QueueRecord {
  const part = openPart(value, at);
  const { body } = part.fields;
  if (typeof body !== 'string') throw new EventUnreadable(`${at}.body`, 'a text');
  return { receipt: textIn(part, 'messageId'), body, sentAt: timeIn(partIn(part, 'attributes')) };
}

/** SQS writes numbers as texts. */
function timeIn(part: StrictPart): number {
  return readIn(
    part,
    'SentTimestamp',
    (value) => (typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : undefined),
    'milliseconds since the epoch',
  );
}

/**
 * Reads a message of the notifications topic. Ignores unknown fields, so that queued messages survive an
 * update of the publisher.
 *
 * @throws EventUnreadable if a field cannot be read. The error names the field and what was expected, never
 * the value.
 */
export function readMessage(text: string): Message {
  return messageOf(openPart(parsed(text), 'message'));
}

function messageOf(part: StrictPart): Message {
  return {
    id: messageIdIn(part, 'id'),
    thread: messageIdIn(part, 'thread'),
    kind: readIn(part, 'kind', kindOf, 'a kind of message'),
    urgency: wordIn(part, 'urgency', ['call', 'inform']),
    severity: wordIn(part, 'severity', SEVERITIES),
    at: integerIn(part, 'at'),
    headline: lineIn(part, 'headline'),
    account: lineIn(part, 'account'),
    ...optionalIn(part, 'accountAlias', lineIn),
    region: lineIn(part, 'region'),
    ...optionalIn(part, 'group', groupIn),
    ...optionalIn(part, 'owner', lineIn),
    ...contentIn(part),
  };
}

/** Maximum length of the id of a message or thread. A thread is a partition of the ledger. */
const MAX_ID_LENGTH = 512;

function messageIdIn(part: StrictPart, name: string): string {
  return readIn(
    part,
    name,
    (value) => (typeof value === 'string' && value !== '' && value.length <= MAX_ID_LENGTH ? value : undefined),
    `a text of 1 to ${MAX_ID_LENGTH} characters`,
  );
}

function kindOf(value: unknown): MessageKind | undefined {
  return Object.keys(MESSAGE_KINDS).find((kind): kind is MessageKind => kind === value);
}

/** A text of any length: SNS and SQS limit the length of the message. */
function lineIn(part: StrictPart, name: string): string {
  return readIn(part, name, lineOf, 'a text');
}

function lineOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function groupIn(part: StrictPart, name: string): NonNullable<Message['group']> {
  const group = partIn(part, name);
  return {
    id: lineIn(group, 'id'),
    name: lineIn(group, 'name'),
    ...optionalIn(group, 'vpcId', lineIn),
    tags: tagsIn(group, 'tags'),
  };
}

function tagsIn(part: StrictPart, name: string): Readonly<Record<string, string>> {
  const { fields, at } = partIn(part, name);
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, elementOf({ value, at: `${at}, a tag` }, lineOf, 'a text')]),
  );
}

function elementOf<T>({ value, at }: StrictElement, read: (value: unknown) => T | undefined, expected: string): T {
  const found = read(value);
  if (found === undefined) throw new EventUnreadable(at, expected);
  return found;
}

function contentIn(part: StrictPart) {
  return {
    controls: linesIn(part, 'controls'),
    ...optionalIn(part, 'remediationId', lineIn),
    facts: eachIn(part, 'facts', factOf),
    reasons: eachIn(part, 'reasons', reasonOf),
    listings: eachIn(part, 'listings', listingOf),
    remarks: linesIn(part, 'remarks'),
    ways: eachIn(part, 'ways', wayOf),
    actions: listIn(part, 'actions').map((element) =>
      elementOf(
        element,
        (value) => ACTION_NAMES.find((action) => action === value),
        `one of ${ACTION_NAMES.join(', ')}`,
      ),
    ),
    links: eachIn(part, 'links', linkOf),
  };
}

function linesIn(part: StrictPart, name: string): readonly string[] {
  return listIn(part, name).map((element) => elementOf(element, lineOf, 'a text'));
}

/** What `read` makes of each object in a list. */
function eachIn<T>(part: StrictPart, name: string, read: (element: StrictPart) => T): readonly T[] {
  return listIn(part, name).map(({ value, at }) => read(openPart(value, at)));
}

function factOf(part: StrictPart) {
  return { label: lineIn(part, 'label'), text: lineIn(part, 'text') };
}

function reasonOf(part: StrictPart): Reason {
  return {
    control: lineIn(part, 'control'),
    severity: wordIn(part, 'severity', SEVERITIES),
    freshness: wordIn(part, 'freshness', ['fresh', 'existing']),
    text: lineIn(part, 'text'),
    ...optionalIn(part, 'url', lineIn),
  };
}

function listingOf(part: StrictPart): Listing {
  return {
    title: lineIn(part, 'title'),
    lines: linesIn(part, 'lines'),
    ...optionalIn(part, 'omitted', integerIn),
  };
}

function wayOf(part: StrictPart) {
  return { label: lineIn(part, 'label'), command: lineIn(part, 'command') };
}

function linkOf(part: StrictPart) {
  return { label: lineIn(part, 'label'), url: lineIn(part, 'url') };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new EventUnreadable('message', 'JSON');
    throw error;
  }
}

/**
 * Reads a message from on-alert's queue.
 *
 * @param own the cell's account.
 * @throws EventUnreadable if the body is not a message, if the message names another account or a thread of
 * another subject, or if its time contradicts the queue's.
 */
export function readQueuedMessage({ body, sentAt }: QueueRecord, own: string): Message {
  const message = readMessage(body);
  checkTime(message, sentAt);
  checkThread(message, own);
  return message;
}

/** How far the publisher's clock may be ahead of SQS's, ms. */
const AHEAD_MS = 300_000;

/** Maximum age of a message, ms. A ledger entry is its own outbox, so its message may be sent days later. */
const BEHIND_MS = 30 * 86_400_000;

/** Messages of a thread are ordered by time. A message from the future would hide later ones. */
function checkTime({ at }: Message, sentAt: number): void {
  if (at > sentAt + AHEAD_MS || at < sentAt - BEHIND_MS)
    throw new EventUnreadable(
      'message.at',
      `a time from 30 days before to 5 minutes after the queue got the message, ${sentAt}, found ${at}`,
    );
}

/** The thread must belong to the account or the message's group, so that no other incident ends. */
function checkThread({ account, thread, group }: Message, own: string): void {
  if (account !== own)
    throw new EventUnreadable('message.account', `${own}, the account of this cell, found ${account}`);
  const isOwn = thread === own || thread.startsWith(`${own}/`);
  if (!isOwn || (group !== undefined && !thread.endsWith(`/${group.id}`)))
    throw new EventUnreadable('message.thread', 'the thread of the account, or of the group that the message names');
}
