import type { Severity } from '../domain/finding.ts';
import { sanitize } from '../network/format.ts';
import type { RuleFate } from './report.ts';

/** ISO 8601, from milliseconds since the epoch: `2026-01-02T03:04:05.000Z`. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** Splits untrusted text into lines that are safe to print. Each line keeps its indentation. */
export function plainLines(text: string): readonly string[] {
  return text.split(/\r?\n/).map((line) => `${/^ */.exec(line)?.[0] ?? ''}${sanitize(line)}`);
}

/** `1 rule`, `2 rules` */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Pads each cell to the width of its column. The last column is not padded. */
export function alignColumns(rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const widths = rows.reduce<number[]>((wide, row) => {
    for (const [index, cell] of row.entries()) wide[index] = Math.max(wide[index] ?? 0, cell.length);
    return wide;
  }, []);
  return rows.map((row) =>
    row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0))),
  );
}

/** The policy that a report was made by: its preset, and the file that it came from, or `as shipped`. */
export interface PolicyOrigin {
  readonly preset: string;
  readonly from: string;
}

/** `Policy: preset guard, portcullis.yaml.` */
export function policyLine({ preset, from }: PolicyOrigin): string {
  return `Policy: preset ${preset}, ${from}.`;
}

/** The meaning of a text. The terminal chooses the colour. */
export type Tone = 'bad' | 'warning' | 'good' | 'faint' | 'strong';

/** Colours a text by its tone, or returns the text unchanged if the output has no colours. */
export type Paint = (tone: Tone, text: string) => string;

/** Tone of a severity. */
export const SEVERITY_TONES = {
  critical: 'bad',
  high: 'bad',
  medium: 'warning',
  low: 'faint',
} as const satisfies Record<Severity, Tone>;

/** Tone of what becomes of a rule. */
export const FATE_TONES = {
  closed: 'bad',
  asked: 'warning',
  told: 'warning',
  reported: 'faint',
  kept: 'good',
} as const satisfies Record<RuleFate, Tone>;
