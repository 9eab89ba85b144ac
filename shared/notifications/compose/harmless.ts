import type { Message } from '../../domain/notifications/message.ts';
import { clipped } from '../../network/text/clipped.ts';

/**
 * Most UTF-16 units of a text: no name in AWS is longer than 256, but a reason, a fault and a session's ARN may be. With the counts
 * below, everything but the listings fits in 100 KB however it is written.
 */
const [TEXT, NAME, MOST_TAGS] = [500, 256, 50];

/** What a thread may be called: PagerDuty's `dedup_key` is the shortest. */
const THREAD = 255;

const text = (given: string): string => clipped(given, TEXT);
const name = (given: string): string => clipped(given, NAME);

/** AWS's own tags come on top of the 50 that people may set, and no route asks for them: so none of people's is left out. */
const tagsOf = (tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> => {
  const all = Object.entries(tags);
  const kept = all.length > MOST_TAGS ? all.filter(([key]) => !key.startsWith('aws:')) : all;
  return Object.fromEntries(kept.slice(0, MOST_TAGS).map(([key, value]) => [name(key), name(value)]));
};

const groupOf = (group: NonNullable<Message['group']>): NonNullable<Message['group']> => ({
  ...group,
  id: name(group.id),
  name: name(group.name),
  tags: tagsOf(group.tags),
});

/**
 * A message with everything in it made harmless to print, on one line each: no control characters, no bidirectional marks, nothing
 * invisible, no half characters. Markup is each channel's own to escape.
 */
export const harmless = (message: Message): Message => ({
  ...message,
  id: text(message.id),
  thread: clipped(message.thread, THREAD),
  headline: text(message.headline),
  account: name(message.account),
  ...(message.accountAlias !== undefined && { accountAlias: name(message.accountAlias) }),
  region: name(message.region),
  ...(message.group && { group: groupOf(message.group) }),
  ...(message.owner !== undefined && { owner: name(message.owner) }),
  controls: message.controls.map(name),
  facts: message.facts.map((fact) => ({ label: fact.label, text: text(fact.text) })),
  reasons: message.reasons.map((reason) => ({ ...reason, text: text(reason.text) })),
  listings: message.listings.map((listing) => ({ ...listing, lines: listing.lines.map(text) })),
  remarks: message.remarks.map(text),
  ways: message.ways.map(({ label, command }) => ({ label, command: text(command) })),
});
