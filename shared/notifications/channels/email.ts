import type { Listing, Message, Reason } from '../../domain/message.ts';
import { omittedLines, severityText, truncateListing } from '../compose/text.ts';

/** A message as an email with at most `most` lines of each listing. Ends with a line break. */
export function emailText(message: Message, most = MAX_EMAIL_LINES): string {
  return [
    message.headline,
    '',
    `Severity ${message.severity}. ${URGENCY_TEXTS[message.urgency]}`,
    ...(message.facts.length > 0 ? ['', ...table(message.facts)] : []),
    ...section('Why:', message.reasons.flatMap(reasonLines)),
    ...message.listings.flatMap((listing) => listingLines(listing, most, message.remediationId)),
    ...(message.remarks.length > 0 ? ['', ...message.remarks] : []),
    ...section(
      'What you can do:',
      message.ways.flatMap(({ label, command }) => [`${label}:`, `  ${command}`]),
    ),
    ...section(
      'Links:',
      message.links.flatMap(({ label, url }) => [`${label}:`, `  ${url}`]),
    ),
    ...(message.remediationId === undefined ? [] : ['', `Remediation ${message.remediationId}`]),
    '',
  ].join('\n');
}

const URGENCY_TEXTS = {
  call: 'Somebody has to act.',
  inform: 'For information: nobody has to act.',
} as const satisfies Record<Message['urgency'], string>;

/** Most lines of a listing in an email. */
export const MAX_EMAIL_LINES = 50;

/** An empty line, a heading and indented lines, or nothing if there are no lines. */
function section(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', heading, ...lines.map((line) => `  ${line}`)];
}

/** Labels and texts in two columns. */
function table(rows: readonly { readonly label: string; readonly text: string }[]): readonly string[] {
  const width = Math.max(...rows.map(({ label }) => label.length));
  return rows.map(({ label, text }) => `${`${label}:`.padEnd(width + 2)}${text}`);
}

function reasonLines(reason: Reason): readonly string[] {
  const { control, text, url } = reason;
  return [`${control} (${severityText(reason)}): ${text}`, ...(url === undefined ? [] : [`  ${url}`])];
}

function listingLines(listing: Listing, most: number, remediationId: string | undefined): readonly string[] {
  const { title, lines, omitted } = truncateListing(listing, most);
  const count = lines.length + omitted;
  return section(count > 1 ? `${title} (${count}):` : `${title}:`, [...lines, ...omittedLines(omitted, remediationId)]);
}
