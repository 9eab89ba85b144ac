import type { Listing, Message } from '../../domain/notifications/message.ts';
import { cut, moreLines } from '../compose/listing.ts';
import { inCode, unmarked } from './chat-escape.ts';
import { clip, type Weight } from './clip.ts';

/**
 * Characters of a title and of a description, as Slack and Teams show them whole; entries of the lists, and characters of a command.
 * Amazon's page states no limits.
 *
 * @see https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
 */
const [TITLE, DESCRIPTION, ENTRIES, COMMAND] = [250, 8000, 8, 300];

/** Lines of a listing that are tried, and reasons besides one: past them a person looks elsewhere. */
const STEPS = [20, 10, 5, 2, 0];

/** A fact's text: with all of them, and no listing, a description is far from full. */
const FACT = 400;

const asUnmarked: Weight = (text) => unmarked(text).length;
const asCode: Weight = (text) => inCode(text).length - 2;

const code = (text: string, most: number): string => inCode(clip(text, most, asCode));

const listingLines = (listing: Listing, most: number, message: Message): readonly string[] => {
  const { title, lines, omitted } = cut(listing, most);
  return [`*${title}*`, ...lines.map((line) => code(line, FACT)), ...moreLines(omitted, message.remediationId)];
};

const linesOf = (message: Message, most: number): readonly string[] => [
  ...message.facts.map(({ label, text }) => `*${label}*: ${code(text, FACT)}`),
  ...message.reasons
    .slice(0, most + 1)
    .map(({ control, severity, text }) => `*Why*: ${control} (${severity}): ${unmarked(clip(text, FACT, asUnmarked))}`),
  ...message.listings.flatMap((listing) => listingLines(listing, most, message)),
  ...message.remarks.map((remark) => unmarked(clip(remark, FACT, asUnmarked))),
  ...message.links.map(({ label, url }) => `${label}: ${url}`),
];

/** The longest description that fits; where none does, the first lines of the shortest. */
const descriptionOf = (message: Message): string => {
  const texts = STEPS.map((most) => linesOf(message, most).join('\n'));
  const fits = texts.find((text) => text.length <= DESCRIPTION);
  if (fits !== undefined) return fits;
  const shortest = (texts.at(-1) ?? '').slice(0, DESCRIPTION);
  return shortest.slice(0, shortest.lastIndexOf('\n'));
};

const metadataOf = (
  { thread, kind, group, account, severity, urgency, remediationId, actions }: Message,
  title: string,
) => ({
  threadId: thread,
  summary: title,
  eventType: kind,
  relatedResources: group === undefined ? [] : [group.id],
  additionalContext: { account, severity, urgency, ...(remediationId !== undefined && { remediationId }) },
  enableCustomActions: actions.length > 0,
});

/**
 * A message as Amazon Q Developer in chat applications shows it: a custom notification, one thread an incident. Buttons (custom actions)
 * are offered where there is something to answer; they are given the remediation's id and nothing else.
 *
 * @see https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
 */
export const amazonQNotification = (message: Message): object => {
  const { severity, kind, region, controls, ways } = message;
  const title = unmarked(clip(message.headline, TITLE, asUnmarked));
  return {
    version: '1.0',
    source: 'custom',
    id: message.id,
    content: {
      textType: 'client-markdown',
      title,
      description: descriptionOf(message),
      nextSteps: ways.slice(0, ENTRIES).map(({ label, command }) => `${label}: ${code(command, COMMAND)}`),
      keywords: [severity, kind, unmarked(region), ...controls.map(unmarked)].slice(0, ENTRIES),
    },
    metadata: metadataOf(message, title),
  };
};
