import { isoTime, type Paint, plainLines, type Tone } from '../../shared/reports/text.ts';

/**
 * Select Graphic Rendition codes: red, yellow, green, faint, bold.
 *
 * @see https://www.ecma-international.org/publications-and-standards/standards/ecma-48/ (8.3.117)
 */
const SGR_CODES = { bad: 31, warning: 33, good: 32, faint: 2, strong: 1 } as const satisfies Record<Tone, number>;

/** Colours for a terminal. */
const coloured: Paint = (tone, text) => `\x1b[${SGR_CODES[tone]}m${text}\x1b[0m`;

const uncoloured: Paint = (_tone, text) => text;

/** Colours where they are shown, the bare text elsewhere. */
export function paintFor({ colour }: { readonly colour: boolean }): Paint {
  return colour ? coloured : uncoloured;
}

/** A line to print, and what it means. */
export interface TextLine {
  readonly text: string;
  readonly tone?: Tone;
}

/** A line without a meaning of its own. */
export function textLine(text: string): TextLine {
  return { text };
}

/** A line with one. */
export function tonedLine(tone: Tone, text: string): TextLine {
  return { tone, text };
}

/** Something below a line. */
export function indentedLines(texts: readonly string[]): readonly TextLine[] {
  return texts.map((text) => textLine(`  ${text}`));
}

/** Lines as text, each made safe to print: reasons, names and descriptions are by strangers. */
export function linesToText(lines: readonly TextLine[], paint: Paint): string {
  return lines
    .map(({ text, tone }) => {
      const safe = plainLines(text).join(' ').trimEnd();
      return `${tone === undefined ? safe : paint(tone, safe)}\n`;
    })
    .join('');
}

function escapeLetter(letter: string): string {
  return Array.from(
    { length: letter.length },
    (_, at) => `\\u${letter.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');
}

/** Fields that hold times, in milliseconds since the epoch. */
const TIME_FIELDS: ReadonlySet<string> = new Set(['at', 'until', 'since', 'warnedAt']);

function withIsoTimes(key: string, value: unknown): unknown {
  return TIME_FIELDS.has(key) && typeof value === 'number' ? isoTime(value) : value;
}

/** A value as JSON that a terminal obeys nothing of: what JSON leaves as it is of C1 controls and bidirectional marks is escaped, too. Times are ISO 8601. */
export function safeJson(value: unknown): string {
  return `${JSON.stringify(value, withIsoTimes, 2).replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (letter) =>
    letter === '\n' ? letter : escapeLetter(letter),
  )}\n`;
}
