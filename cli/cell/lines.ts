import { isoTime } from '../../shared/reports/iso-time.ts';
import { plainLines } from '../../shared/reports/lines.ts';
import type { Paint, Tone } from '../../shared/reports/paint.ts';

/** A line to print, and what it means. */
export interface Line {
  readonly text: string;
  readonly tone?: Tone;
}

/** A line without a meaning of its own. */
export const line = (text: string): Line => ({ text });

/** A line with one. */
export const toned = (tone: Tone, text: string): Line => ({ tone, text });

/** Something below a line. */
export const under = (texts: readonly string[]): readonly Line[] => texts.map((text) => line(`  ${text}`));

/** Lines as text, each made safe to print: reasons, names and descriptions are by strangers. */
export const linesText = (lines: readonly Line[], paint: Paint): string =>
  lines
    .map(({ text, tone }) => {
      const safe = plainLines(text).join(' ').trimEnd();
      return `${tone === undefined ? safe : paint(tone, safe)}\n`;
    })
    .join('');

const escaped = (letter: string): string =>
  Array.from({ length: letter.length }, (_, at) => `\\u${letter.charCodeAt(at).toString(16).padStart(4, '0')}`).join(
    '',
  );

/** Fields that hold times, in milliseconds since the epoch. */
const TIMES: ReadonlySet<string> = new Set(['at', 'until', 'since', 'warnedAt']);

const withIsoTimes = (key: string, value: unknown): unknown =>
  TIMES.has(key) && typeof value === 'number' ? isoTime(value) : value;

/** A value as JSON that a terminal obeys nothing of: what JSON leaves as it is of C1 controls and bidirectional marks is escaped, too. Times are ISO 8601. */
export const safeJson = (value: unknown): string =>
  `${JSON.stringify(value, withIsoTimes, 2).replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (letter) =>
    letter === '\n' ? letter : escaped(letter),
  )}\n`;
