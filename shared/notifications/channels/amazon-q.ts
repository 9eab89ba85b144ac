import type { Listing, Message } from '../../domain/message.ts';
import { omittedLines, truncateListing } from '../compose/text.ts';
import { asCode, escapeMarkup, type TextLength, truncate } from './text.ts';

/**
 * A message as a custom notification of Amazon Q Developer in chat applications, one thread for each
 * incident. A message with actions enables buttons (custom actions), which get only the remediation's id.
 *
 * @see https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
 */
export function amazonQNotification(message: Message): object {
  const { severity, kind, region, controls, ways } = message;
  const title = escapeMarkup(truncate(message.headline, TITLE, escapedLength));
  return {
    version: '1.0',
    source: 'custom',
    id: message.id,
    content: {
      textType: 'client-markdown',
      title,
      description: descriptionOf(message),
      nextSteps: ways.slice(0, ENTRIES).map(({ label, command }) => `${label}: ${code(command, COMMAND)}`),
      keywords: [severity, kind, escapeMarkup(region), ...controls.map(escapeMarkup)].slice(0, ENTRIES),
    },
    metadata: metadataOf(message, title),
  };
}

/**
 * Most characters of a title and of a description that Slack and Teams show in full, most entries of a list,
 * and most characters of a command. Amazon documents no limits.
 *
 * @see https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
 */
const [TITLE, DESCRIPTION, ENTRIES, COMMAND] = [250, 8000, 8, 300];

/** Line counts of listings to try, the largest first. The message has one more reason than that. */
const LINE_LIMITS = [20, 10, 5, 2, 0];

/** Most characters of a fact. All facts without listings fit into a description. */
const MAX_FACT = 400;

const escapedLength: TextLength = (text) => escapeMarkup(text).length;

const codeLength: TextLength = (text) => asCode(text).length - 2;

function code(text: string, most: number): string {
  return asCode(truncate(text, most, codeLength));
}

function listingLines(listing: Listing, most: number, message: Message): readonly string[] {
  const { title, lines, omitted } = truncateListing(listing, most);
  return [`*${title}*`, ...lines.map((line) => code(line, MAX_FACT)), ...omittedLines(omitted, message.remediationId)];
}

function descriptionLines(message: Message, most: number): readonly string[] {
  return [
    ...message.facts.map(({ label, text }) => `*${label}*: ${code(text, MAX_FACT)}`),
    ...message.reasons
      .slice(0, most + 1)
      .map(
        ({ control, severity, text }) =>
          `*Why*: ${control} (${severity}): ${escapeMarkup(truncate(text, MAX_FACT, escapedLength))}`,
      ),
    ...message.listings.flatMap((listing) => listingLines(listing, most, message)),
    ...message.remarks.map((remark) => escapeMarkup(truncate(remark, MAX_FACT, escapedLength))),
    ...message.links.map(({ label, url }) => `${label}: ${url}`),
  ];
}

/** The longest description that fits, otherwise the first lines of the shortest one. */
function descriptionOf(message: Message): string {
  const texts = LINE_LIMITS.map((most) => descriptionLines(message, most).join('\n'));
  const fits = texts.find((text) => text.length <= DESCRIPTION);
  if (fits !== undefined) return fits;
  const shortest = (texts.at(-1) ?? '').slice(0, DESCRIPTION);
  return shortest.slice(0, shortest.lastIndexOf('\n'));
}

function metadataOf(
  { thread, kind, group, account, severity, urgency, remediationId, actions }: Message,
  title: string,
) {
  return {
    threadId: thread,
    summary: title,
    eventType: kind,
    relatedResources: group === undefined ? [] : [group.id],
    additionalContext: { account, severity, urgency, ...(remediationId !== undefined && { remediationId }) },
    enableCustomActions: actions.length > 0,
  };
}
