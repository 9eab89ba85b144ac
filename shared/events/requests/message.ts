import { SEVERITIES } from '../../domain/controls/finding.ts';
import { EventUnreadable } from '../../domain/errors.ts';
import {
  ACTIONS,
  type Listing,
  MESSAGE_KINDS,
  type Message,
  type MessageKind,
  type Reason,
} from '../../domain/notifications/message.ts';
import {
  integerIn,
  listIn,
  openPart,
  optionalIn,
  partIn,
  readIn,
  type StrictElement,
  type StrictPart,
  wordIn,
} from './command-part.ts';

/** Longest name of a message or a thread, characters: a thread is a partition of the ledger. */
const MOST_NAME = 512;

const lineOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** A text of any length: whatever carried the message has a limit of its own. */
const lineIn = (part: StrictPart, name: string): string => readIn(part, name, lineOf, 'a text');

const nameIn = (part: StrictPart, name: string): string =>
  readIn(
    part,
    name,
    (value) => (typeof value === 'string' && value !== '' && value.length <= MOST_NAME ? value : undefined),
    `a text of 1 to ${MOST_NAME} characters`,
  );

const elementOf = <T>({ value, at }: StrictElement, read: (value: unknown) => T | undefined, expected: string): T => {
  const found = read(value);
  if (found === undefined) throw new EventUnreadable(at, expected);
  return found;
};

const linesIn = (part: StrictPart, name: string): readonly string[] =>
  listIn(part, name).map((element) => elementOf(element, lineOf, 'a text'));

const tagsIn = (part: StrictPart, name: string): Readonly<Record<string, string>> => {
  const { fields, at } = partIn(part, name);
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, elementOf({ value, at: `${at}, a tag` }, lineOf, 'a text')]),
  );
};

const groupIn = (part: StrictPart, name: string): NonNullable<Message['group']> => {
  const group = partIn(part, name);
  return {
    id: lineIn(group, 'id'),
    name: lineIn(group, 'name'),
    ...optionalIn(group, 'vpcId', lineIn),
    tags: tagsIn(group, 'tags'),
  };
};

const reasonOf = (part: StrictPart): Reason => ({
  control: lineIn(part, 'control'),
  severity: wordIn(part, 'severity', SEVERITIES),
  freshness: wordIn(part, 'freshness', ['fresh', 'existing']),
  text: lineIn(part, 'text'),
  ...optionalIn(part, 'url', lineIn),
});

const listingOf = (part: StrictPart): Listing => ({
  title: lineIn(part, 'title'),
  lines: linesIn(part, 'lines'),
  ...optionalIn(part, 'omitted', integerIn),
});

/** The elements of a list of objects, each as `read` takes it. */
const eachIn = <T>(part: StrictPart, name: string, read: (element: StrictPart) => T): readonly T[] =>
  listIn(part, name).map(({ value, at }) => read(openPart(value, at)));

const factOf = (part: StrictPart) => ({ label: lineIn(part, 'label'), text: lineIn(part, 'text') });

const wayOf = (part: StrictPart) => ({ label: lineIn(part, 'label'), command: lineIn(part, 'command') });

const linkOf = (part: StrictPart) => ({ label: lineIn(part, 'label'), url: lineIn(part, 'url') });

const kindOf = (value: unknown): MessageKind | undefined =>
  Object.keys(MESSAGE_KINDS).find((kind): kind is MessageKind => kind === value);

const saidIn = (part: StrictPart) => ({
  controls: linesIn(part, 'controls'),
  ...optionalIn(part, 'remediationId', lineIn),
  facts: eachIn(part, 'facts', factOf),
  reasons: eachIn(part, 'reasons', reasonOf),
  listings: eachIn(part, 'listings', listingOf),
  remarks: linesIn(part, 'remarks'),
  ways: eachIn(part, 'ways', wayOf),
  actions: listIn(part, 'actions').map((element) =>
    elementOf(element, (value) => ACTIONS.find((action) => action === value), `one of ${ACTIONS.join(', ')}`),
  ),
  links: eachIn(part, 'links', linkOf),
});

const messageOf = (part: StrictPart): Message => ({
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
});

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new EventUnreadable('message', 'JSON');
    throw error;
  }
};

/**
 * Reads a message as the notices' topic carries it to queues and functions. Fields that are not known are left out, so that a queue
 * outlives an update of the function that fills it.
 *
 * @throws EventUnreadable naming the field and what was expected there, never what was found.
 */
export const readMessage = (text: string): Message => messageOf(openPart(parsed(text), 'message'));
