import { escapeSlackText } from '../../../domain/message.ts';
import { sanitize } from '../../../network/format.ts';
import { type TextLength, truncate } from '../text.ts';

/** A block, an element or a text object of Block Kit. */
export type SlackBlock = Readonly<Record<string, unknown>>;

/** A text by a stranger on one line: no control or direction characters, no half of a surrogate pair. */
export function oneLine(text: string): string {
  return sanitize(text.toWellFormed());
}

/** What a text takes in a request at most: escaped for Slack, then for JSON. So no limit on either is passed. */
export const escapedLength: TextLength = (text) => JSON.stringify(escapeSlackText(text)).length - 2;

/** One line of at most so much weight; never empty, as Slack takes no empty text. */
export function truncateText(text: string, most: number): string {
  return truncate(oneLine(text), most, escapedLength) || '–';
}

/**
 * A text in which Slack interprets neither mark-up nor emoji names.
 *
 * @see https://docs.slack.dev/reference/block-kit/composition-objects/text-object
 */
export function plainText(text: string, most: number): SlackBlock {
  return {
    type: 'plain_text',
    text: escapeSlackText(truncateText(text, most)),
    emoji: false,
  };
}

/**
 * Rich text is a tree: what is bold, a link or a mention is an element of its own, and a `text` element is only text. So a stranger's
 * words need no escape in it, and no backtick, asterisk or `<!channel>` among them does anything.
 *
 * @see https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
 */
export function richText(...elements: readonly SlackBlock[]): SlackBlock {
  return { type: 'rich_text', elements };
}

/** A paragraph. */
export function paragraph(elements: readonly SlackBlock[]): SlackBlock {
  return { type: 'rich_text_section', elements };
}

/** Lines as they are, in letters of one width. They must be cut already, and not empty. */
export function preformatted(lines: readonly string[]): SlackBlock {
  return {
    type: 'rich_text_preformatted',
    elements: [{ type: 'text', text: lines.join('\n') }],
  };
}

/** Words of our own, which are neither empty nor long. */
export function trustedText(text: string): SlackBlock {
  return { type: 'text', text };
}

/** Words of a stranger. */
export function untrustedText(text: string, most: number): SlackBlock {
  return trustedText(truncateText(text, most));
}

/** The same in bold. */
export function boldText(text: string, most: number): SlackBlock {
  return { ...untrustedText(text, most), style: { bold: true } };
}

/** Only what cannot be refused as an address, as one refused link would be a refused message. */
const SAFE_URL = /^https:\/\/[a-z\d.-]+(?::\d{1,5})?(?:[/?#][\w!#$%&'()*+,./:;=?@[\]~-]*)?$/i;

/** Whether Slack can be given an address, of at most so many characters. Slack's own limit for a button's is 3,000. */
export function isLinkable(url: string, most: number): boolean {
  return url.length <= most && SAFE_URL.test(url);
}

/** A link. Its address must be one that Slack can be given. */
export function link(text: string, url: string, most: number): SlackBlock {
  return { type: 'link', url, text: truncateText(text, most) };
}
