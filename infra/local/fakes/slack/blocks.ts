import {
  boolean,
  byType,
  type Check,
  type Complaints,
  every,
  isObject,
  list,
  object,
  oneOf,
  string,
} from '../checks.ts';

/** Why Slack refuses a message. */
export interface Refusal {
  readonly error: string;
  readonly complaints: Complaints;
}

/**
 * Maximum length of a message's text.
 *
 * @see https://docs.slack.dev/reference/methods/chat.postMessage (Truncating content)
 */
const MOST_TEXT = 40_000;

/**
 * The smallest messages with many blocks that Slack was observed to refuse as `msg_blocks_too_long`:
 * characters of text, and of JSON. Slack does not document the limit. For a message with one block, the
 * observed limit is higher.
 *
 * @see https://github.com/slackapi/bolt-js/issues/2867
 */
const REFUSED = { text: 11_341, json: 17_694 } as const;

/**
 * Why Slack refuses the text and blocks of a message; undefined for a valid message. Errors have the names of
 * chat.postMessage.
 *
 * @see https://docs.slack.dev/reference/methods/chat.postMessage (Errors)
 */
export function checkContent({ text, blocks }: Readonly<Record<string, unknown>>): Refusal | undefined {
  const hasBlocks = Array.isArray(blocks) && blocks.length > 0;
  if (text !== undefined && typeof text !== 'string') return refused('invalid_arguments');
  if (!hasBlocks && (text ?? '') === '') return refused('no_text');
  if ((text ?? '').length > MOST_TEXT) return refused('msg_too_long');
  if (blocks === undefined) return undefined;
  if (!Array.isArray(blocks)) return refused('invalid_blocks_format');
  const complaints = checkBlocks(blocks);
  if (complaints.length > 0) return refused('invalid_blocks', complaints);
  const isTooLong = textLength(blocks) >= REFUSED.text || JSON.stringify(blocks).length >= REFUSED.json;
  return isTooLong ? refused('msg_blocks_too_long') : undefined;
}

function refused(error: string, complaints: Complaints = []): Refusal {
  return { error, complaints };
}

/** Number of characters of all texts in a block. */
function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, one) => sum + textLength(one), 0);
  if (!isObject(value)) return 0;
  return Object.entries(value).reduce(
    (sum, [key, one]) => sum + (key === 'text' && typeof one === 'string' ? one.length : textLength(one)),
    0,
  );
}

/** Slack's complaints about the blocks of a message; none for valid blocks. */
function checkBlocks(blocks: unknown): Complaints {
  return list(anyBlock, 50, 0)(blocks, '/blocks');
}

/**
 * Plain text of at most `most` characters.
 *
 * @see https://docs.slack.dev/reference/block-kit/composition-objects/text-object
 */
function plainText(most: number): Check {
  return object({ type: oneOf('plain_text'), text: string(most) }, { emoji: boolean });
}

/** Plain text or mrkdwn of at most `most` characters. */
function anyText(most: number): Check {
  return byType({
    plain_text: plainText(most),
    mrkdwn: object({ type: oneOf('mrkdwn'), text: string(most) }, { verbatim: boolean }),
  });
}

/** A web address. @see https://docs.slack.dev/reference/block-kit/block-elements/button-element */
const webAddress: Check = (value, at) => {
  const problems = string(3000)(value, at);
  if (problems.length > 0 || typeof value !== 'string') return problems;
  const isUsable = /^https?:\/\/[^\s<>"|\\^`{}]+$/.test(value) && URL.canParse(value);
  return isUsable ? [] : [`invalid url [json-pointer:${at}]`];
};

const buttonStyle = oneOf('primary', 'danger');

/** @see https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object */
const confirmation: Check = object(
  { title: plainText(100), text: plainText(300), confirm: plainText(30), deny: plainText(30) },
  { style: buttonStyle },
);

/** @see https://docs.slack.dev/reference/block-kit/block-elements/button-element */
const button: Check = object(
  { type: oneOf('button'), text: plainText(75) },
  {
    action_id: string(255),
    value: string(2000),
    url: webAddress,
    style: buttonStyle,
    confirm: confirmation,
    accessibility_label: string(75),
  },
);

/** Slack documents no limit for a text or list in rich text. The limit of the whole message applies. */
const MOST = Number.POSITIVE_INFINITY;

const textStyle: Check = object(
  {},
  { bold: boolean, italic: boolean, strike: boolean, code: boolean, underline: boolean },
);

const textElement: Check = object({ type: oneOf('text'), text: string(MOST) }, { style: textStyle });

const link: Check = object({ type: oneOf('link'), url: webAddress }, { text: string(MOST), style: textStyle });

const words = list(byType({ text: textElement, link }), MOST);

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
 * The elements of a rich text block. Mentions, emoji and dates are not supported, because no message of
 * Portcullis uses them.
 *
 * @see https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
 */
const richTextElements: Check = list(
  byType({
    rich_text_section: section,
    rich_text_preformatted: preformatted,
    rich_text_list: bullets,
    rich_text_quote: quote,
  }),
  MOST,
);

function block(
  type: string,
  required: Readonly<Record<string, Check>>,
  optional: Readonly<Record<string, Check>> = {},
): Check {
  return object({ type: oneOf(type), ...required }, { block_id: string(255), ...optional });
}

const namesSomething: Check = (value, at) =>
  isObject(value) && ('text' in value || 'fields' in value)
    ? []
    : [`missing required field: text or fields [json-pointer:${at}]`];

const distinctActions: Check = (value, at) => {
  const elements: readonly unknown[] = isObject(value) && Array.isArray(value['elements']) ? value['elements'] : [];
  const ids = elements.flatMap((one) => (isObject(one) && 'action_id' in one ? [one['action_id']] : []));
  return new Set(ids).size === ids.length ? [] : [`\`action_id\` already exists [json-pointer:${at}/elements]`];
};

/**
 * The supported blocks: text and buttons.
 *
 * @see https://docs.slack.dev/reference/block-kit/blocks (50 a message)
 * @see https://docs.slack.dev/reference/block-kit/blocks/header-block (150 characters)
 * @see https://docs.slack.dev/reference/block-kit/blocks/section-block (3,000 characters; 10 fields of 2,000)
 * @see https://docs.slack.dev/reference/block-kit/blocks/context-block (10 elements)
 * @see https://docs.slack.dev/reference/block-kit/blocks/actions-block (25 elements)
 */
const anyBlock: Check = byType({
  header: block('header', { text: plainText(150) }),
  divider: block('divider', {}),
  section: every(
    namesSomething,
    block(
      'section',
      {},
      {
        text: anyText(3000),
        fields: list(anyText(2000), 10),
        accessory: byType({ button }),
        expand: boolean,
      },
    ),
  ),
  context: block('context', { elements: list(anyText(3000), 10) }),
  actions: every(distinctActions, block('actions', { elements: list(byType({ button }), 25) })),
  rich_text: block('rich_text', { elements: richTextElements }),
});
