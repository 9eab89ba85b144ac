import type { Message } from '../../domain/message.ts';
import { truncate } from '../../network/format.ts';

/**
 * Most UTF-16 units of a text: no name in AWS is longer than 256, but a reason, a fault and a session's ARN may be. With the counts
 * below, everything but the listings fits in 100 KB however it is written.
 */
const [TEXT, NAME, MOST_TAGS] = [500, 256, 50];

/** What a thread may be called: PagerDuty's `dedup_key` is the shortest. */
const MAX_THREAD = 255;

function cleanText(given: string): string {
  return truncate(given, TEXT);
}
function cleanName(given: string): string {
  return truncate(given, NAME);
}

/** AWS's own tags come on top of the 50 that people may set, and no route asks for them: so none of people's is left out. */
function cleanTags(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const all = Object.entries(tags);
  const kept = all.length > MOST_TAGS ? all.filter(([key]) => !key.startsWith('aws:')) : all;
  return Object.fromEntries(kept.slice(0, MOST_TAGS).map(([key, value]) => [cleanName(key), cleanName(value)]));
}

function cleanGroup(group: NonNullable<Message['group']>): NonNullable<Message['group']> {
  return {
    ...group,
    id: cleanName(group.id),
    name: cleanName(group.name),
    tags: cleanTags(group.tags),
  };
}

/**
 * A message with everything in it made harmless to print, on one line each: no control characters, no bidirectional marks, nothing
 * invisible, no half characters. Markup is each channel's own to escape.
 */
export function sanitize(message: Message): Message {
  return {
    ...message,
    id: cleanText(message.id),
    thread: truncate(message.thread, MAX_THREAD),
    headline: cleanText(message.headline),
    account: cleanName(message.account),
    ...(message.accountAlias !== undefined && { accountAlias: cleanName(message.accountAlias) }),
    region: cleanName(message.region),
    ...(message.group && { group: cleanGroup(message.group) }),
    ...(message.owner !== undefined && { owner: cleanName(message.owner) }),
    controls: message.controls.map(cleanName),
    facts: message.facts.map((fact) => ({ label: fact.label, text: cleanText(fact.text) })),
    reasons: message.reasons.map((reason) => ({ ...reason, text: cleanText(reason.text) })),
    listings: message.listings.map((listing) => ({ ...listing, lines: listing.lines.map(cleanText) })),
    remarks: message.remarks.map(cleanText),
    ways: message.ways.map(({ label, command }) => ({ label, command: cleanText(command) })),
  };
}
