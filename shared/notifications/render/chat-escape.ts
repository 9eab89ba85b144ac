import { entities } from '../../domain/entities.ts';

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
const EDGES = [
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
export const unmarked = (text: string): string =>
  entities(
    EDGES.reduce(
      (sum, [found, instead]) => sum.replace(found, instead),
      text.replaceAll(/[*~`[\]|\\]/g, (one) => LOOKALIKES[one] ?? one),
    ),
  );

/** Text by a stranger as code, in which nothing is interpreted; a backtick would end it. */
export const inCode = (text: string): string => `\`${entities(text).replaceAll('`', 'ˋ') || ' '}\``;
