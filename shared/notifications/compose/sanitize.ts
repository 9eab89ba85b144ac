import type { Message } from '../../domain/message.ts';
import { truncate } from '../../network/format.ts';

/**
 * A message whose texts are safe to print: one line each, without control characters, bidirectional marks,
 * invisible characters and unpaired surrogates. Each channel escapes its own markup.
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

/**
 * Most UTF-16 units of a text and of a name, and most tags. A name in AWS has at most 256 characters; a
 * reason, an error and a session's ARN may be longer. With these limits everything except the listings fits
 * into 100 KB.
 */
const [TEXT, NAME, MOST_TAGS] = [500, 256, 50];

/** Most characters of a thread's name: the limit of PagerDuty's `dedup_key`. */
const MAX_THREAD = 255;

function cleanText(given: string): string {
  return truncate(given, TEXT);
}

function cleanName(given: string): string {
  return truncate(given, NAME);
}

/**
 * AWS's own tags do not count towards the 50 tags that people may set, so they are left out first. No route
 * matches them.
 */
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
