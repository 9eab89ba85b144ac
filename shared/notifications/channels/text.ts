import { escapeSlackText } from '../../domain/message.ts';

const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Length of a text as a channel counts it. The length of two texts together is the sum. */
export type TextLength = (text: string) => number;

const characters: TextLength = (text) => text.length;

/**
 * A text of at most that length, with an ellipsis if it was truncated. Never splits a grapheme cluster: the
 * segmented window is as long as the limit, so a cluster that crosses its end is never kept.
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

/** Longest line, and most of all lines together. */
export interface LineLimits {
  readonly all: number;
  readonly line: number;
  readonly lengthOf: TextLength;
}

/** The first lines, truncated, and the number of omitted lines. */
export interface FittedLines {
  readonly lines: readonly string[];
  readonly omitted: number;
}

/** As many lines as fit, each with a line break. A count of the omitted lines needs room besides. */
export function fitLines(lines: readonly string[], { all, line, lengthOf }: LineLimits): FittedLines {
  const fitting: string[] = [];
  const lineBreak = lengthOf('\n');
  let length = 0;
  for (const whole of lines) {
    const cut = truncate(whole, line, lengthOf);
    length += lengthOf(cut) + lineBreak;
    if (length > all) break;
    fitting.push(cut);
  }
  return { lines: fitting, omitted: lines.length - fitting.length };
}

/** Markup characters of Slack's mrkdwn and of Markdown, and similar characters without a meaning. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  '*': '∗',
  '~': '∼',
  '`': 'ˋ',
  '[': '［',
  ']': '］',
  '|': '∣',
  '\\': '∖',
};

/**
 * Characters that are markup only in some places, such as the colons of a URL or an emoji, but not of an IPv6
 * address or a time.
 */
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
 * Untrusted text without mentions, links and formatting, for Amazon Q, which forwards it to Slack (mrkdwn) or
 * Teams (Markdown). The two escape differently (Slack has no backslash escape), so markup characters are
 * replaced by similar ones.
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

/** Untrusted text as code, in which only a backtick would be interpreted. */
export function asCode(text: string): string {
  return `\`${escapeSlackText(text).replaceAll('`', 'ˋ') || ' '}\``;
}
