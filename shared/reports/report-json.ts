import type { FindingRecord, Report } from './report.ts';

/** A report as JSON, by findings.schema.json: two spaces, a line break at the end. */
export function reportJson(report: Report): string {
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

const BREAK = '\n    ';

/** Characters that are given out together. */
const PART = 1 << 16;

/** The same text as `reportJson` gives, in parts, for findings that come one by one and may be any number. */
export async function* reportJsonParts(
  findings: AsyncIterable<FindingRecord>,
  rest: Omit<Report, 'findings'>,
): AsyncGenerator<string> {
  let text = '{\n  "findings": [';
  let isFirst = true;
  for await (const finding of findings) {
    // A line break inside a text is written \n, so that every real one is the layout's.
    text += `${isFirst ? '' : ','}${BREAK}${JSON.stringify(finding, undefined, 2).replaceAll('\n', BREAK)}`;
    isFirst = false;
    if (text.length < PART) continue;
    yield text;
    text = '';
  }
  yield `${text}${isFirst ? '' : '\n  '}],\n${reportJson({ findings: [], ...rest }).slice('{\n  "findings": [],\n'.length)}`;
}
