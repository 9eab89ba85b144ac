import type { IncidentState } from '../../../domain/delivery.ts';
import type { Listing, Message, Reason } from '../../../domain/message.ts';
import { omittedLines, severityText, timeText } from '../../compose/text.ts';
import { escapeMarkup, fitLines } from '../text.ts';
import type { SlackMessage } from './api.ts';
import {
  boldText,
  escapedLength,
  isLinkable,
  link,
  oneLine,
  paragraph,
  plainText,
  preformatted,
  richText,
  type SlackBlock,
  truncateText,
  trustedText,
  untrustedText,
} from './block-kit.ts';
import { buttonBlocks } from './buttons.ts';

/**
 * A message for Slack, within all of Slack's limits. With a state, the first message of an incident: it keeps
 * its findings, gets the headline, the remarks and the buttons of the newest message, and one line for each
 * message between them.
 *
 * It has only plain text and rich text, and no markup (`mrkdwn`), so untrusted text cannot act as markup.
 */
export function slackMessage(message: Message, state: IncidentState = { later: [], newest: message }): SlackMessage {
  const { newest } = state;
  const above: readonly SlackBlock[] = [
    headerBlock(newest),
    contextBlock(message, newest),
    ...historyBlocks(message, state),
    ...factBlocks(message),
    ...reasonBlocks(message),
  ];
  const below: readonly SlackBlock[] = [
    ...remarkBlocks(newest),
    ...nextStepBlocks(newest),
    ...linkBlocks(message),
    ...buttonBlocks(newest),
  ];
  const room = Math.max(MIN_LISTINGS_ROOM, MAX_JSON - JSON.stringify([above, below]).length);
  return { text: fallbackText(newest), blocks: [...above, ...listingBlocks(message, room), ...below] };
}

/** The same message without buttons. It keeps the commands for the same actions. */
export function slackMessageWithoutButtons(message: Message, state?: IncidentState): SlackMessage {
  const { later, newest } = state ?? { later: [], newest: message };
  return slackMessage(message, { later, newest: { ...newest, actions: [] } });
}

function fallbackText({ headline, accountAlias, account, region }: Message): string {
  return escapeMarkup(
    truncateText(`${headline} – ${accountAlias ?? account}${region === '' ? '' : `, ${region}`}`, MAX_FALLBACK),
  );
}

/** @see https://docs.slack.dev/reference/block-kit/blocks/header-block (150 characters) */
const MAX_HEADER = 150;

/** Most characters of each text in the context line. */
const MAX_CONTEXT_TEXT = 80;

/**
 * Most later messages that the first message lists, and most characters of each; the thread has all of them.
 */
const HISTORY_LIMITS = { most: 6, headline: 110 } as const;

/** Title above the original findings, which may be out of date. */
const FIRST_MESSAGE_TITLE = 'As it was first told:';

/** The headline. */
function headerBlock({ headline }: Message): SlackBlock {
  return { type: 'header', text: plainText(headline, MAX_HEADER) };
}

function accountLabel({ account, accountAlias }: Message): string {
  return accountAlias === undefined ? `account ${account}` : `${accountAlias} (${account})`;
}

/** The texts of the context line. A fact with the same text is left out. */
function contextTexts(message: Message): ReadonlySet<string> {
  return new Set([accountLabel(message), message.account, message.region, message.owner ?? '']);
}

/**
 * Severity, location, owner and time in small letters. At most 10 elements.
 *
 * @see https://docs.slack.dev/reference/block-kit/blocks/context-block
 */
function contextBlock(message: Message, newest: Message): SlackBlock {
  return {
    type: 'context',
    elements: [
      ...(newest.urgency === 'call' ? ['Needs somebody'] : []),
      `severity ${newest.severity}`,
      accountLabel(message),
      ...(message.region === '' ? [] : [message.region]),
      ...(message.owner === undefined ? [] : [`owner ${message.owner}`]),
      timeText(message.at),
    ].map((text) => plainText(text, MAX_CONTEXT_TEXT)),
  };
}

/** The messages of an incident, one line each. */
function historyBlocks(first: Message, { later }: IncidentState): readonly SlackBlock[] {
  if (later.length === 0) return [];
  const dropped = Math.max(0, later.length + 1 - HISTORY_LIMITS.most);
  const lines = [first, ...later.slice(dropped)].flatMap(({ headline, at }, i) => [
    ...(i === 0 ? [] : [trustedText('\n')]),
    ...(i === 1 && dropped > 0 ? [trustedText(`… ${dropped} more in the thread\n`)] : []),
    trustedText(`${timeText(at)} `),
    untrustedText(headline, HISTORY_LIMITS.headline),
  ]);
  return [richText(paragraph(lines)), richText(paragraph([boldText(FIRST_MESSAGE_TITLE, FIRST_MESSAGE_TITLE.length)]))];
}

/**
 * Most entries of each part, and most characters of each. Together they stay below Slack's limits, whatever
 * the texts are.
 */
const FACT_LIMITS = { most: 10, label: 40, text: 160 } as const;

const REASON_LIMITS = { most: 4, control: 60, text: 150, address: 250 } as const;

const REMARK_LIMITS = { most: 3, text: 250 } as const;

const NEXT_STEP_LIMITS = { most: 5, label: 50, command: 130 } as const;

const LINK_LIMITS = { most: 6, label: 60, address: 500, addresses: 1000 } as const;

function richTextUnlessEmpty(content: readonly SlackBlock[]): readonly SlackBlock[] {
  return content.length === 0 ? [] : [richText(...content)];
}

function lineBreak(index: number): readonly SlackBlock[] {
  return index === 0 ? [] : [trustedText('\n')];
}

function omittedText(all: readonly unknown[], most: number): readonly SlackBlock[] {
  return omittedLines(all.length - most).map((line) => trustedText(`\n${line}`));
}

/** The facts: a label and a line each. */
function factBlocks(message: Message): readonly SlackBlock[] {
  const told = contextTexts(message);
  const all = message.facts.filter(({ text }) => !told.has(text));
  const lines = all
    .slice(0, FACT_LIMITS.most)
    .flatMap(({ label, text }, i) => [
      ...lineBreak(i),
      boldText(label, FACT_LIMITS.label),
      trustedText(': '),
      untrustedText(text, FACT_LIMITS.text),
    ]);
  return richTextUnlessEmpty(lines.length === 0 ? [] : [paragraph([...lines, ...omittedText(all, FACT_LIMITS.most)])]);
}

function reasonLine(reason: Reason): readonly SlackBlock[] {
  const { control, text, url } = reason;
  return [
    url !== undefined && isLinkable(url, REASON_LIMITS.address)
      ? link(control, url, REASON_LIMITS.control)
      : untrustedText(control, REASON_LIMITS.control),
    trustedText(` (${severityText(reason)}): `),
    untrustedText(text, REASON_LIMITS.text),
  ];
}

/** The reasons, with links to the documentation of their controls. */
function reasonBlocks({ reasons: all }: Message): readonly SlackBlock[] {
  const lines = all.slice(0, REASON_LIMITS.most).flatMap((reason, i) => [...lineBreak(i), ...reasonLine(reason)]);
  return richTextUnlessEmpty(
    lines.length === 0 ? [] : [paragraph([...lines, ...omittedText(all, REASON_LIMITS.most)])],
  );
}

/** The remarks. */
function remarkBlocks({ remarks: all }: Message): readonly SlackBlock[] {
  const lines = all
    .slice(0, REMARK_LIMITS.most)
    .flatMap((text, i) => [...lineBreak(i), untrustedText(text, REMARK_LIMITS.text)]);
  return richTextUnlessEmpty(
    lines.length === 0 ? [] : [paragraph([...lines, ...omittedText(all, REMARK_LIMITS.most)])],
  );
}

/** Commands to copy. */
function nextStepBlocks({ ways: all }: Message): readonly SlackBlock[] {
  return richTextUnlessEmpty(
    all
      .slice(0, NEXT_STEP_LIMITS.most)
      .flatMap(({ label, command }) => [
        paragraph([untrustedText(label, NEXT_STEP_LIMITS.label)]),
        preformatted([truncateText(command, NEXT_STEP_LIMITS.command)]),
      ]),
  );
}

/** The first links whose URLs together stay below the limit. */
function linksWithinLimits(all: Message['links']): Message['links'] {
  let length = 0;
  return all.filter(({ url }) => {
    if (!isLinkable(url, LINK_LIMITS.address) || length + url.length > LINK_LIMITS.addresses) return false;
    length += url.length;
    return true;
  });
}

/** The links, on one line. */
function linkBlocks({ links: all }: Message): readonly SlackBlock[] {
  const line = linksWithinLimits(all)
    .slice(0, LINK_LIMITS.most)
    .flatMap(({ label, url }, i) => [...(i === 0 ? [] : [trustedText(' · ')]), link(label, url, LINK_LIMITS.label)]);
  return richTextUnlessEmpty(line.length === 0 ? [] : [paragraph(line)]);
}

const MAX_LISTINGS = 4;

/**
 * Most characters of a title, of a line, and of all lines of a listing, with room for the count of the rest.
 */
const LISTING_LIMITS = { title: 80, line: 300, lines: 2800 } as const;

/** JSON characters of a listing besides its lines. */
const LISTING_OVERHEAD = 450;

function listingBlock({ title, lines, omitted = 0 }: Listing, share: number, remediationId?: string): SlackBlock {
  const room = { all: share, line: LISTING_LIMITS.line, lengthOf: escapedLength };
  const fitted = fitLines(
    lines.map((line) => oneLine(line) || '–'),
    room,
  );
  const count = lines.length + omitted;
  return richText(
    paragraph([boldText(title, LISTING_LIMITS.title), ...(count > 1 ? [trustedText(` (${count})`)] : [])]),
    preformatted([...fitted.lines, ...omittedLines(fitted.omitted + omitted, remediationId)]),
  );
}

function omittedListings(count: number): readonly SlackBlock[] {
  return count > 0 ? [richText(paragraph([trustedText(`… and ${count} more ${count === 1 ? 'list' : 'lists'}`)]))] : [];
}

/**
 * The listings: as many as have room for one line each, with as many lines as fit, and counts of the rest.
 *
 * @param room characters of JSON.
 */
function listingBlocks({ listings: all, remediationId }: Message, room: number): readonly SlackBlock[] {
  const told = all.filter(({ lines }) => lines.length > 0);
  const shown = told.slice(
    0,
    Math.min(MAX_LISTINGS, Math.max(1, Math.floor(room / (LISTING_OVERHEAD + LISTING_LIMITS.line)))),
  );
  const share = Math.min(LISTING_LIMITS.lines, Math.floor(room / Math.max(1, shown.length)) - LISTING_OVERHEAD);
  return [
    ...shown.map((listing) => listingBlock(listing, share, remediationId)),
    ...omittedListings(told.length - shown.length),
  ];
}

/**
 * Most JSON characters of all blocks. Slack does not document its limit. It refused (`msg_blocks_too_long`)
 * 45 blocks with 11,341 characters of text (17,694 of JSON), and a message with about 13,200. It accepted 50
 * blocks with 15,561 characters of JSON.
 *
 * @see https://github.com/slackapi/bolt-js/issues/2867
 * @see https://github.com/slackapi/bolt-js/issues/2509
 */
const MAX_JSON = 12_500;

/** Characters that remain for listings if everything else is as long as possible. */
const MIN_LISTINGS_ROOM = 1600;

/**
 * Most characters of the text for notifications and screen readers, in which Slack interprets markup. Slack
 * recommends at most 4,000.
 */
const MAX_FALLBACK = 400;
