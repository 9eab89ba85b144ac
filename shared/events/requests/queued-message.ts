import { ACTION_NAMES } from '../../domain/action.ts';
import { EventUnreadable } from '../../domain/errors.ts';
import { SEVERITIES } from '../../domain/finding.ts';
import { type Listing, MESSAGE_KINDS, type Message, type MessageKind, type Reason } from '../../domain/message.ts';
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

/** One message of a queue as Lambda hands it over. */
export interface QueueRecord {
  /** Names it in the answer. */
  readonly receipt: string;
  readonly body: string;
  /** When the queue got it, milliseconds since the epoch, by SQS's clock. */
  readonly sentAt: number;
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

function recordOf({ value, at }: StrictElement): QueueRecord {
  const part = openPart(value, at);
  const { body } = part.fields;
  if (typeof body !== 'string') throw new EventUnreadable(`${at}.body`, 'a text');
  return { receipt: textIn(part, 'messageId'), body, sentAt: timeIn(partIn(part, 'attributes')) };
}

/**
 * Reads the messages of a queue that Lambda polls.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 * @throws EventUnreadable for what is no batch at all: Lambda puts all of it back.
 */
export function readSqsBatch(event: unknown): readonly QueueRecord[] {
  return listIn(openPart(event, 'event'), 'Records').map(recordOf);
}

/** Longest name of a message or a thread, characters: a thread is a partition of the ledger. */
const MOST_NAME = 512;

function lineOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A text of any length: whatever carried the message has a limit of its own. */
function lineIn(part: StrictPart, name: string): string {
  return readIn(part, name, lineOf, 'a text');
}

function nameIn(part: StrictPart, name: string): string {
  return readIn(
    part,
    name,
    (value) => (typeof value === 'string' && value !== '' && value.length <= MOST_NAME ? value : undefined),
    `a text of 1 to ${MOST_NAME} characters`,
  );
}

function elementOf<T>({ value, at }: StrictElement, read: (value: unknown) => T | undefined, expected: string): T {
  const found = read(value);
  if (found === undefined) throw new EventUnreadable(at, expected);
  return found;
}

function linesIn(part: StrictPart, name: string): readonly string[] {
  return listIn(part, name).map((element) => elementOf(element, lineOf, 'a text'));
}

function tagsIn(part: StrictPart, name: string): Readonly<Record<string, string>> {
  const { fields, at } = partIn(part, name);
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, elementOf({ value, at: `${at}, a tag` }, lineOf, 'a text')]),
  );
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

/** The elements of a list of objects, each as `read` takes it. */
function eachIn<T>(part: StrictPart, name: string, read: (element: StrictPart) => T): readonly T[] {
  return listIn(part, name).map(({ value, at }) => read(openPart(value, at)));
}

function factOf(part: StrictPart) {
  return { label: lineIn(part, 'label'), text: lineIn(part, 'text') };
}

function wayOf(part: StrictPart) {
  return { label: lineIn(part, 'label'), command: lineIn(part, 'command') };
}

function linkOf(part: StrictPart) {
  return { label: lineIn(part, 'label'), url: lineIn(part, 'url') };
}

function kindOf(value: unknown): MessageKind | undefined {
  return Object.keys(MESSAGE_KINDS).find((kind): kind is MessageKind => kind === value);
}

function saidIn(part: StrictPart) {
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

function messageOf(part: StrictPart): Message {
  return {
    id: nameIn(part, 'id'),
    thread: nameIn(part, 'thread'),
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
    ...saidIn(part),
  };
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
 * Reads a message as the notices' topic carries it to queues and functions. Fields that are not known are left out, so that a queue
 * outlives an update of the function that fills it.
 *
 * @throws EventUnreadable naming the field and what was expected there, never what was found.
 */
export function readMessage(text: string): Message {
  return messageOf(openPart(parsed(text), 'message'));
}

/** How far the clock of the function that published may be ahead of the queue's, ms. */
const AHEAD_MS = 300_000;

/** Oldest news, ms: an entry of the ledger is its own outbox, so that people may be told of it days later. */
const BEHIND_MS = 30 * 86_400_000;

/** Messages of a thread follow each other by their times: one from the future would make every later one a reply that nobody sees. */
function checkTime({ at }: Message, sentAt: number): void {
  if (at > sentAt + AHEAD_MS || at < sentAt - BEHIND_MS)
    throw new EventUnreadable(
      'message.at',
      `a time from 30 days before to 5 minutes after the queue got the message, ${sentAt}, found ${at}`,
    );
}

/** A thread is the account's, or that of the group that the message is about: nothing else may end or continue its incident. */
function checkPlace({ account, thread, group }: Message, own: string): void {
  if (account !== own)
    throw new EventUnreadable('message.account', `${own}, the account of this cell, found ${account}`);
  const isOwn = thread === own || thread.startsWith(`${own}/`);
  if (!isOwn || (group !== undefined && !thread.endsWith(`/${group.id}`)))
    throw new EventUnreadable('message.thread', 'the thread of the account, or of the group that the message names');
}

/**
 * Reads a message that a queue brought.
 *
 * @param own the cell's account.
 * @throws EventUnreadable where it is no message, is about another account or a thread that is not its own, or claims a time that the queue
 * contradicts.
 */
export function readQueuedMessage({ body, sentAt }: QueueRecord, own: string): Message {
  const message = readMessage(body);
  checkTime(message, sentAt);
  checkPlace(message, own);
  return message;
}
