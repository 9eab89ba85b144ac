import type { Listing, Message } from '../../domain/message.ts';
import { omittedLines, truncateListing } from '../compose/text.ts';
import { asCode, escapeMarkup, type TextLength, truncate } from './text.ts';

/**
 * Characters of a title and of a description, as Slack and Teams show them whole; entries of the lists, and characters of a command.
 * Amazon's page states no limits.
 *
 * @see https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
 */
const [TITLE, DESCRIPTION, ENTRIES, COMMAND] = [250, 8000, 8, 300];

/** Lines of a listing that are tried, and reasons besides one: past them a person looks elsewhere. */
const LINE_LIMITS = [20, 10, 5, 2, 0];

/** A fact's text: with all of them, and no listing, a description is far from full. */
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

/** The longest description that fits; where none does, the first lines of the shortest. */
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

/**
 * A message as Amazon Q Developer in chat applications shows it: a custom notification, one thread an incident. Buttons (custom actions)
 * are offered where there is something to answer; they are given the remediation's id and nothing else.
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
