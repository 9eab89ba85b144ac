import type { FindingRecord, Report } from './report.ts';
import type { ScanSummary } from './review.ts';
import { isoTime } from './text.ts';

/** A report as JSON, by findings.schema.json: two spaces, a line break at the end. */
export function reportJson(report: Report): string {
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

const BREAK = '\n    ';

/** Number of characters after which a part is handed out. */
const PART = 1 << 16;

/** Writes the text of `reportJson` in parts, so that the findings may be any number. */
export async function* scanJson(
  findings: AsyncIterable<FindingRecord>,
  { groups, rules, errors, scan }: Pick<ScanSummary, 'groups' | 'rules' | 'errors' | 'scan'>,
): AsyncGenerator<string> {
  let text = '{\n  "findings": [';
  let isFirst = true;
  for await (const finding of findings) {
    // JSON.stringify writes a line break inside a text as \n, so every real line break belongs to the layout.
    text += `${isFirst ? '' : ','}${BREAK}${JSON.stringify(finding, undefined, 2).replaceAll('\n', BREAK)}`;
    isFirst = false;
    if (text.length < PART) continue;
    yield text;
    text = '';
  }
  const rest = reportJson({ findings: [], groups, rules, errors, scan }).slice('{\n  "findings": [],\n'.length);
  yield `${text}${isFirst ? '' : '\n  '}],\n${rest}`;
}

/**
 * Writes a value as JSON that is safe to print on a terminal. JSON leaves C1 controls and bidirectional marks
 * as they are, so they are escaped here. Times are ISO 8601.
 */
export function safeJson(value: object): string {
  return `${JSON.stringify(value, withIsoTimes, 2).replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (letter) =>
    letter === '\n' ? letter : escapeLetter(letter),
  )}\n`;
}

/** Fields that hold times, in milliseconds since the epoch. */
const TIME_FIELDS: ReadonlySet<string> = new Set(['at', 'until', 'since', 'warnedAt']);

function withIsoTimes(key: string, value: unknown): unknown {
  return TIME_FIELDS.has(key) && typeof value === 'number' ? isoTime(value) : value;
}

function escapeLetter(letter: string): string {
  return Array.from(
    { length: letter.length },
    (_, at) => `\\u${letter.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');
}
