import type { Severity } from '../domain/finding.ts';
import { sanitize } from '../network/format.ts';
import type { RuleFate } from './report.ts';

/** Milliseconds since the epoch as other systems read them: `2026-01-02T03:04:05.000Z`. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** Text of several lines by strangers, each line made safe to print with its indentation kept. */
export function plainLines(text: string): readonly string[] {
  return text.split(/\r?\n/).map((line) => `${/^ */.exec(line)?.[0] ?? ''}${sanitize(line)}`);
}

/** `1 rule`, `2 rules` */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Columns as wide as their widest cell, two spaces between; the last one is not padded. */
export function alignColumns(rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const widths = rows.reduce<number[]>((wide, row) => {
    for (const [index, cell] of row.entries()) wide[index] = Math.max(wide[index] ?? 0, cell.length);
    return wide;
  }, []);
  return rows.map((row) =>
    row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0))),
  );
}

/** What a piece of text means; the terminal chooses the colour. */
export type Tone = 'bad' | 'warning' | 'good' | 'faint' | 'strong';

/** Gives a text its tone, or leaves it is where there are no colours. */
export type Paint = (tone: Tone, text: string) => string;

/** Tone of a severity. */
export const SEVERITY_TONES = {
  critical: 'bad',
  high: 'bad',
  medium: 'warning',
  low: 'faint',
} as const satisfies Record<Severity, Tone>;

/** Tone of a verdict. */
export const FATE_TONES = {
  closed: 'bad',
  asked: 'warning',
  told: 'warning',
  reported: 'faint',
  kept: 'good',
} as const satisfies Record<RuleFate, Tone>;
