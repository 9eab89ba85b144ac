import type { Listing, Message } from '../../domain/notifications/message.ts';
import { clipped } from '../../network/text/clipped.ts';
import { plain } from '../../network/text/format.ts';
import { moreLines } from '../compose/listing.ts';
import { fitLines } from './fit-lines.ts';

/**
 * How many of each are told, and how long each may be: 102,000 characters together, each of at most three bytes (or two, escaped for
 * JSON), which stays below the 512 KB that an event may have.
 *
 * @see https://developer.pagerduty.com/docs/events-api-v2/overview/ (size limits)
 */
const MOST = {
  facts: 30,
  reasons: 20,
  remarks: 20,
  ways: 20,
  label: 100,
  text: 600,
  listings: 8,
  lines: 5000,
} as const;

const cut = (text: string, most: number = MOST.text): string => clipped(text, most);

/** PagerDuty shows details as a table, so what is told twice under one label is told in one cell. */
const table = (rows: readonly (readonly [string, string])[]): Readonly<Record<string, string>> => {
  const cells = new Map<string, string>();
  for (const [label, text] of rows) {
    const before = cells.get(label);
    cells.set(label, before === undefined ? text : `${before}\n${text}`);
  }
  return Object.fromEntries(cells);
};

const listingRow = ({ title, lines, omitted = 0 }: Listing, remediationId?: string): readonly [string, string] => {
  const room = { all: MOST.lines, line: MOST.text, weigh: (text: string) => text.length };
  const fitted = fitLines(
    lines.map((line) => plain(line.toWellFormed())),
    room,
  );
  return [cut(title, MOST.label), [...fitted.lines, ...moreLines(fitted.left + omitted, remediationId)].join('\n')];
};

/** Where it is; a message about one group tells that among its facts. */
const accountRow = ({ facts, accountAlias, account }: Message): readonly (readonly [string, string])[] =>
  facts.some(({ text }) => text.includes(account))
    ? []
    : [['Account', cut([accountAlias, account].filter(Boolean).join(' '), MOST.label)]];

/** Everything that a message says below its headline, by label. */
export const pagerDetails = (message: Message): Readonly<Record<string, string>> =>
  table([
    ...accountRow(message),
    ...message.facts.slice(0, MOST.facts).map(({ label, text }) => [cut(label, MOST.label), cut(text)] as const),
    ...message.reasons
      .slice(0, MOST.reasons)
      .map(({ control, text }) => ['Why', `${cut(control, MOST.label)}: ${cut(text)}`] as const),
    ...message.listings.slice(0, MOST.listings).map((listing) => listingRow(listing, message.remediationId)),
    ...message.remarks.slice(0, MOST.remarks).map((text) => ['Remarks', cut(text)] as const),
    ...message.ways.slice(0, MOST.ways).map(({ label, command }) => [cut(label, MOST.label), cut(command)] as const),
  ]);
