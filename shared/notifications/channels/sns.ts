import type { Outcome } from '../../domain/decision.ts';
import type { Message } from '../../domain/message.ts';
import type { Notification } from '../../domain/notification.ts';
import { announcementMessage } from '../compose/announcement.ts';
import type { MessageContext } from '../compose/context.ts';
import { outcomeMessage } from '../compose/message.ts';
import { truncateListing } from '../compose/text.ts';
import { amazonQNotification } from './amazon-q.ts';
import { emailText, MAX_EMAIL_LINES } from './email.ts';
import { smsLine } from './sms.ts';

/**
 * A headline as SNS takes it as a subject.
 *
 * @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html (Subject: ASCII, under 100 characters, no line breaks)
 */
function snsSubject(text: string): string {
  const ascii = text.replaceAll(/[^\x20-\x7e]/g, '?');
  return ascii.length < 100 ? ascii : `${ascii.slice(0, 96)}...`;
}

/** Lines of a listing that are tried, the most first: with none at all every message fits. */
const LINE_LIMITS = [400, 100, 50, 20, 5, 1, 0];

const encoder = new TextEncoder();

/** Bytes of a text within a text of JSON, without the quotes around it. */
function jsonBytes(text: string): number {
  return encoder.encode(JSON.stringify(text)).length - 2;
}

/** A rendering with as many lines of each listing as fit, up to `most`: at most `room` bytes as a text within JSON. */
function fitBytes(render: (most: number) => string, room: number, most: number): string {
  const sizes = LINE_LIMITS.filter((step) => step <= most);
  const fits = sizes.find((step) => jsonBytes(render(step)) <= room);
  return render(fits ?? 0);
}

/** A message as JSON, by message.schema.json, with so many lines of each listing at the most and the number of the others. */
export function messageJson(message: Message, most: number): string {
  return JSON.stringify({
    ...message,
    listings: message.listings.map((listing) => {
      const { omitted, ...shown } = truncateListing(listing, most);
      return omitted > 0 ? { ...shown, omitted } : shown;
    }),
  } satisfies Message);
}

/** What goes to the topics. */
interface SnsNotification {
  /** At most 99 printable ASCII characters: what SNS takes as a subject. */
  readonly subject: string;
  /** JSON by protocol: `email` a text, `sms` a line, `default` the message itself by message.schema.json. */
  readonly texts: string;
  /** JSON of a custom notification for Amazon Q Developer in chat applications. */
  readonly chat: string;
  /** For subscription filter policies. */
  readonly attributes: Readonly<Record<'severity' | 'control' | 'account' | 'region' | 'outcome' | 'urgency', string>>;
  /** A second notice with the same one says nothing new. */
  readonly dedupId: string;
}

/**
 * Room for each of the texts, bytes as they stand within the JSON. SNS takes 262,144 bytes with the
 * attributes, which take 2,000 at the most.
 *
 * @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
const MAX_BYTES = { json: 160_000, email: 95_000 } as const;

/** Every protocol that reads JSON gets the default: so the message is in there once. */
function textsByProtocol(message: Message): string {
  return JSON.stringify({
    default: fitBytes((most) => messageJson(message, most), MAX_BYTES.json, 400),
    email: fitBytes((most) => emailText(message, most), MAX_BYTES.email, MAX_EMAIL_LINES),
    sms: smsLine(message),
  });
}

/** A message as the topics take it. */
export function snsNotification(message: Message): SnsNotification {
  return {
    subject: snsSubject(message.headline),
    texts: textsByProtocol(message),
    chat: JSON.stringify(amazonQNotification(message)),
    attributes: {
      severity: message.severity,
      control: message.controls[0] ?? '',
      account: message.account,
      region: message.region,
      outcome: message.kind,
      urgency: message.urgency,
    },
    dedupId: message.id,
  };
}

/** What the topics are given of an outcome. */
export function outcomeNotification(outcome: Outcome, place: MessageContext): SnsNotification {
  return snsNotification(outcomeMessage(outcome, place));
}

/** The same of news. */
export function announcementNotification(news: Notification, place: MessageContext): SnsNotification {
  return snsNotification(announcementMessage(news, place));
}
