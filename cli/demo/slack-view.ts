import type { SlackMessage } from '../../shared/domain/notifications/delivery.ts';
import { type Fields, isFields } from '../../shared/events/fields.ts';
import type { Paint } from '../../shared/reports/paint.ts';

const elementsOf = ({ elements }: Fields): readonly Fields[] =>
  Array.isArray(elements) ? elements.filter(isFields) : [];

/** Slack's three entities, as people see them. */
const decoded = (text: string): string => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** The text of a text object, or of what holds one. */
const textOf = (value: unknown): string => {
  if (typeof value === 'string') return decoded(value);
  return isFields(value) ? textOf(value['text']) : '';
};

const isBold = ({ style }: Fields): boolean => isFields(style) && style['bold'] === true;

/** Words of rich text, which has no entities. An arrow stands for a link. */
const words = (elements: readonly Fields[], paint: Paint): string =>
  elements
    .map((element) => {
      const text = typeof element['text'] === 'string' ? element['text'] : '';
      if (element['type'] === 'link') return `${text} ↗`;
      return isBold(element) ? paint('strong', text) : text;
    })
    .join('');

const boxed = (text: string): readonly string[] => {
  const lines = text.split('\n');
  const width = Math.max(...lines.map((line) => line.length));
  return [`┌─${'─'.repeat(width)}─┐`, ...lines.map((line) => `│ ${line.padEnd(width)} │`), `└─${'─'.repeat(width)}─┘`];
};

const richText = (block: Fields, paint: Paint): readonly string[] =>
  elementsOf(block).flatMap((element) => {
    const text = words(elementsOf(element), paint);
    return element['type'] === 'rich_text_preformatted' ? boxed(text) : text.split('\n');
  });

const section = (block: Fields): readonly string[] => [
  ...textOf(block).split('\n'),
  ...(Array.isArray(block['fields']) ? block['fields'].flatMap((field) => textOf(field).split('\n')) : []),
];

const TONES = { danger: 'bad', primary: 'good' } as const;

const button = (element: Fields, paint: Paint): string => {
  const { style } = element;
  const label = `[ ${textOf(element)} ]`;
  return style === 'danger' || style === 'primary' ? paint(TONES[style], label) : label;
};

const linesOf = (block: Fields, paint: Paint): readonly string[] => {
  switch (block['type']) {
    case 'header':
      return [paint('strong', textOf(block))];
    case 'context':
      return [paint('faint', elementsOf(block).map(textOf).join('  '))];
    case 'rich_text':
      return richText(block, paint);
    case 'section':
      return section(block);
    case 'actions':
      return [
        elementsOf(block)
          .map((element) => button(element, paint))
          .join('  '),
      ];
    case 'divider':
      return ['─'.repeat(40)];
    default:
      return [`(a block of type ${String(block['type'])}, which is not shown here)`];
  }
};

/** A message as Slack shows it, on a terminal: its blocks from the top, with a bar at the side. */
export const slackView = ({ blocks }: SlackMessage, paint: Paint): string =>
  blocks
    .flatMap((block, i) => [...(i > 1 ? [''] : []), ...linesOf(block, paint)])
    .map((line) => `┃ ${line}`.trimEnd())
    .join('\n');
