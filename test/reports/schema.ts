import { readFileSync } from 'node:fs';
import { z } from 'zod';

const schema = JSON.parse(
  readFileSync(new URL('../../shared/reports/findings.schema.json', import.meta.url), 'utf8'),
) as Parameters<typeof z.fromJSONSchema>[0];

const findings = z.fromJSONSchema(schema);

/** What is wrong with a report by the published schema; nothing where it holds. */
export function schemaProblems(report: unknown): readonly string[] {
  const parsed = findings.safeParse(report);
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}
