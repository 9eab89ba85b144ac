import type { SlackMessage } from '../../../../shared/notifications/channels/slack/api.ts';

/**
 * What Slack makes of a message: the texts as people read them, the links, and everything that it would
 * interpret besides.
 */
export interface Reading {
  readonly texts: readonly string[];
  readonly links: readonly string[];
  readonly interpreted: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Blocks and elements that only hold others, and buttons. */
const HOLDERS: ReadonlySet<unknown> = new Set([
  'header',
  'context',
  'section',
  'actions',
  'button',
  'rich_text',
  'rich_text_section',
  'rich_text_preformatted',
]);

function decoded(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** Control sequences, and ampersands that are not the beginning of one of Slack's three entities. */
function parsedIn(text: string): readonly string[] {
  return text.match(/[<>]|&(?!(?:amp|lt|gt);)/g) ?? [];
}

/** Emphasis, code, and mentions as people type them. */
function marksIn(text: string): readonly string[] {
  return text.match(/[*~`]|(?<![A-Za-z0-9.])@/g) ?? [];
}

function own(value: Fields): Reading {
  const { type, text, url, emoji } = value;
  if (type === 'plain_text') {
    const parsed = parsedIn(String(text));
    return {
      texts: [decoded(String(text))],
      links: [],
      interpreted: [...parsed, ...(emoji === false ? [] : ['emoji'])],
    };
  }
  if (type === 'text') return { texts: [String(text)], links: [], interpreted: [] };
  if (type === 'link') return { texts: [String(text)], links: [String(url)], interpreted: [] };
  const known = type === undefined || HOLDERS.has(type);
  return { texts: [], links: [], interpreted: known ? [] : [JSON.stringify(value)] };
}

function joined(readings: readonly Reading[]): Reading {
  return {
    texts: readings.flatMap(({ texts }) => texts),
    links: readings.flatMap(({ links }) => links),
    interpreted: readings.flatMap(({ interpreted }) => interpreted),
  };
}

function read(value: unknown): Reading {
  if (Array.isArray(value)) return joined(value.map(read));
  if (!isFields(value)) return joined([]);
  return joined([own(value), ...Object.values(value).map(read)]);
}

/**
 * Reads a message. The text for notifications is mark-up, so what it would interpret in there is looked at
 * too.
 */
export function readingOf({ text, blocks }: SlackMessage): Reading {
  const { texts, links, interpreted } = read(blocks);
  return { texts, links, interpreted: [...interpreted, ...parsedIn(text), ...marksIn(text)] };
}
