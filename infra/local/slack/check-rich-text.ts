import { webAddress } from './check-text.ts';
import { boolean, byType, type Check, list, object, oneOf, string } from './shape.ts';

/** Slack states no limit for a text or a list in rich text; all together is limited by the message. */
const MOST = Number.POSITIVE_INFINITY;

const style: Check = object({}, { bold: boolean, italic: boolean, strike: boolean, code: boolean, underline: boolean });

const text: Check = object({ type: oneOf('text'), text: string(MOST) }, { style });

const link: Check = object({ type: oneOf('link'), url: webAddress }, { text: string(MOST), style });

const words = list(byType({ text, link }), MOST);

const section: Check = object({ type: oneOf('rich_text_section'), elements: words });

const preformatted: Check = object({ type: oneOf('rich_text_preformatted'), elements: words }, { border: oneOf(0, 1) });

const bullets: Check = object(
  {
    type: oneOf('rich_text_list'),
    style: oneOf('bullet', 'ordered'),
    elements: list(byType({ rich_text_section: section }), MOST),
  },
  { indent: oneOf(0, 1, 2, 3, 4, 5, 6, 7, 8), border: oneOf(0, 1) },
);

const quote: Check = object({ type: oneOf('rich_text_quote'), elements: words }, { border: oneOf(0, 1) });

/**
 * The elements of a rich text block. Mentions, emoji and dates, which are elements of their own, are not among those that are taken
 * here: nothing of ours calls anybody.
 *
 * @see https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
 */
export const richTextElements: Check = list(
  byType({
    rich_text_section: section,
    rich_text_preformatted: preformatted,
    rich_text_list: bullets,
    rich_text_quote: quote,
  }),
  MOST,
);
