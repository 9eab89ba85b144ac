import type { Report } from './report.ts';

/** A report as JSON, by findings.schema.json: two spaces, a line break at the end. */
export const reportJson = (report: Report): string => `${JSON.stringify(report, undefined, 2)}\n`;
