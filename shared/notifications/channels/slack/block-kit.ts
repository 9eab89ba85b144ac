import { escapeSlackText } from '../../../domain/message.ts';
import { sanitize } from '../../../network/format.ts';
import { type TextLength, truncate } from '../text.ts';

/** A block, an element or a text object of Block Kit. */
export type SlackBlock = Readonly<Record<string, unknown>>;

/** An untrusted text on one line, without control characters, bidirectional marks and unpaired surrogates. */
export function oneLine(text: string): string {
  return sanitize(text.toWellFormed());
}

/** Length of a text in a request: escaped for Slack, then for JSON. */
export const escapedLength: TextLength = (text) => JSON.stringify(escapeSlackText(text)).length - 2;

/** One line of at most that length; never empty, because Slack accepts no empty text. */
export function truncateText(text: string, most: number): string {
  return truncate(oneLine(text), most, escapedLength) || '–';
}

/**
 * A text in which Slack interprets neither markup nor emoji names.
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
 * Rich text is a tree in which bold text, links and mentions are elements, and a `text` element is only text.
 * So untrusted text needs no escaping: a backtick, an asterisk or `<!channel>` in it has no effect.
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

/** Lines in a monospaced font. They must be truncated already, and not empty. */
export function preformatted(lines: readonly string[]): SlackBlock {
  return {
    type: 'rich_text_preformatted',
    elements: [{ type: 'text', text: lines.join('\n') }],
  };
}

/** A text of our own, neither empty nor long. */
export function trustedText(text: string): SlackBlock {
  return { type: 'text', text };
}

/** A text that a stranger may have written. */
export function untrustedText(text: string, most: number): SlackBlock {
  return trustedText(truncateText(text, most));
}

/** An untrusted text in bold. */
export function boldText(text: string, most: number): SlackBlock {
  return { ...untrustedText(text, most), style: { bold: true } };
}

/** URLs that Slack certainly accepts, because it refuses a whole message for one invalid link. */
const SAFE_URL = /^https:\/\/[a-z\d.-]+(?::\d{1,5})?(?:[/?#][\w!#$%&'()*+,./:;=?@[\]~-]*)?$/i;

/**
 * Whether Slack accepts a URL of at most that many characters. Slack's limit for the URL of a button is
 * 3,000.
 */
export function isLinkable(url: string, most: number): boolean {
  return url.length <= most && SAFE_URL.test(url);
}

/** A link to a URL for which `isLinkable` is true. */
export function link(text: string, url: string, most: number): SlackBlock {
  return { type: 'link', url, text: truncateText(text, most) };
}
