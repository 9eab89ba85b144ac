import { type Block, cut } from './text.ts';

/**
 * Rich text is a tree: what is bold, a link or a mention is an element of its own, and a `text` element is only text. So a stranger's
 * words need no escape in it, and no backtick, asterisk or `<!channel>` among them does anything.
 *
 * @see https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
 */
export const richText = (...elements: readonly Block[]): Block => ({ type: 'rich_text', elements });

/** A paragraph. */
export const paragraph = (elements: readonly Block[]): Block => ({ type: 'rich_text_section', elements });

/** Lines as they are, in letters of one width. They must be cut already, and not empty. */
export const preformatted = (lines: readonly string[]): Block => ({
  type: 'rich_text_preformatted',
  elements: [{ type: 'text', text: lines.join('\n') }],
});

/** Words of our own, which are neither empty nor long. */
export const own = (text: string): Block => ({ type: 'text', text });

/** Words of a stranger. */
export const words = (text: string, most: number): Block => own(cut(text, most));

/** The same in bold. */
export const bold = (text: string, most: number): Block => ({ ...words(text, most), style: { bold: true } });

/** Only what cannot be refused as an address, as one refused link would be a refused message. */
const ADDRESS = /^https:\/\/[a-z\d.-]+(?::\d{1,5})?(?:[/?#][\w!#$%&'()*+,./:;=?@[\]~-]*)?$/i;

/** Whether Slack can be given an address, of at most so many characters. Slack's own limit for a button's is 3,000. */
export const isLinkable = (url: string, most: number): boolean => url.length <= most && ADDRESS.test(url);

/** A link. Its address must be one that Slack can be given. */
export const link = (text: string, url: string, most: number): Block => ({ type: 'link', url, text: cut(text, most) });
