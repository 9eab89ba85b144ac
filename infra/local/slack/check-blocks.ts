import { button } from './check-button.ts';
import { richTextElements } from './check-rich-text.ts';
import { anyText, plainText } from './check-text.ts';
import { boolean, byType, type Check, type Complaints, every, isObject, list, object, oneOf, string } from './shape.ts';

const block = (
  type: string,
  required: Readonly<Record<string, Check>>,
  optional: Readonly<Record<string, Check>> = {},
): Check => object({ type: oneOf(type), ...required }, { block_id: string(255), ...optional });

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
 * The blocks that this Slack knows: those that are text and buttons.
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

/** What Slack has against the blocks of a message; nothing where it takes them. */
export const checkBlocks = (blocks: unknown): Complaints => list(anyBlock, 50, 0)(blocks, '/blocks');
