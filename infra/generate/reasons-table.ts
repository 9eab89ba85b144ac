import { REASONS } from '../../shared/domain/reasons.ts';

const HEADING = '## Reasons\n';

/**
 * The troubleshooting page with its last section, the table of reasons, made from `REASONS`. Throws Error if the
 * page has no such section.
 */
export function troubleshootingPageText(page: string): string {
  const start = page.indexOf(HEADING);
  if (start === -1) throw new Error(`docs/troubleshooting.md has no section "${HEADING.trim()}"`);
  const rows = Object.entries(REASONS).map(([reason, sentence]) => `| \`${reason}\` | ${sentence} |`);
  return `${page.slice(0, start)}${[HEADING, '| reason | meaning |', '|---|---|', ...rows].join('\n')}\n`;
}
