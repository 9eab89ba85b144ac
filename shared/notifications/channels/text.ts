import { escapeSlackText } from '../../domain/message.ts';

const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** How much of a limit a text takes. Of two texts in a row: the sum. */
export type TextLength = (text: string) => number;

const characters: TextLength = (text) => text.length;

/**
 * A text, or as much of its beginning as weighs no more than `most`, with an ellipsis for the rest. Never half of what people see as one
 * character: the window is as long as the limit, so its last cluster, which may go on behind it, is never one of those that are kept.
 */
export function truncate(text: string, most: number, lengthOf: TextLength = characters): string {
  if (lengthOf(text) <= most) return text;
  let kept = '';
  let length = 0;
  for (const { segment } of GRAPHEMES.segment(text.slice(0, most))) {
    length += lengthOf(segment);
    if (length > most - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** How much may be told. */
export interface LineLimits {
  readonly all: number;
  readonly line: number;
  readonly weigh: TextLength;
}

/** The first lines, each cut to its own share, and how many are left. */
export interface FittedLines {
  readonly lines: readonly string[];
  readonly omitted: number;
}

/** As many of the lines, from the first, as fit with a line break after each; a count of the rest has to find room besides. */
export function fitLines(lines: readonly string[], { all, line, weigh }: LineLimits): FittedLines {
  const fitting: string[] = [];
  const lineBreak = weigh('\n');
  let weight = 0;
  for (const whole of lines) {
    const cut = truncate(whole, line, weigh);
    weight += weigh(cut) + lineBreak;
    if (weight > all) break;
    fitting.push(cut);
  }
  return { lines: fitting, omitted: lines.length - fitting.length };
}

/** Characters that mark something up in Slack's mrkdwn or in Markdown, and ones that look like them and mark up nothing. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  '*': '∗',
  '~': '∼',
  '`': 'ˋ',
  '[': '［',
  ']': '］',
  '|': '∣',
  '\\': '∖',
};

/** An underscore at the edge of a word, the colon of an address on the web, of an emoji's name (and no IPv6 address or time of day). */
const MARKUP_AT_EDGES = [
  [/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '＿'],
  [/(?<![A-Za-z0-9.])@/g, '＠'],
  [/:(?=\/\/)|(?<=\bmailto):/gi, '∶'],
  [/:(?=[\w+'-]*[G-Zg-z_+'-][\w+'-]*:)|(?<![0-9A-Fa-f:]):(?=[\w+'-]+:)/g, '∶'],
  [/(?<=\bwww)\./gi, '․'],
  [/^#/, '＃'],
  [/^-/, '‐'],
] as const;

/**
 * Text by a stranger for Amazon Q, which hands it on to Slack (mrkdwn) or Teams (Markdown): it names nobody, links nowhere and looks no
 * other than the text around it. The two escape differently (Slack knows no backslash), so what marks something up in either is replaced
 * by characters that look alike in both.
 *
 * @see https://docs.slack.dev/messaging/formatting-message-text/
 */
export function escapeMarkup(text: string): string {
  return escapeSlackText(
    MARKUP_AT_EDGES.reduce(
      (sum, [found, instead]) => sum.replace(found, instead),
      text.replaceAll(/[*~`[\]|\\]/g, (one) => LOOKALIKES[one] ?? one),
    ),
  );
}

/** Text by a stranger as code, in which nothing is interpreted; a backtick would end it. */
export function asCode(text: string): string {
  return `\`${escapeSlackText(text).replaceAll('`', 'ˋ') || ' '}\``;
}
