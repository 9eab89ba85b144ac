import type { Outcome } from '../../domain/decision.ts';
import type { Message } from '../../domain/message.ts';
import type { Notification } from '../../domain/notification.ts';
import type { MessageContext } from '../compose/context.ts';
import { outcomeMessage } from '../compose/message.ts';
import { notificationMessage } from '../compose/notification.ts';
import { truncateListing } from '../compose/text.ts';
import { amazonQNotification } from './amazon-q.ts';
import { emailText, MAX_EMAIL_LINES } from './email.ts';
import { smsLine } from './sms.ts';

/** What the cell publishes to its SNS topics. */
interface SnsMessage {
  /** At most 99 printable ASCII characters. */
  readonly subject: string;
  /**
   * JSON with a text for each protocol: `email`, `sms`, and `default` with the message (see
   * message.schema.json).
   */
  readonly texts: string;
  /** JSON of a custom notification for Amazon Q Developer in chat applications. */
  readonly chat: string;
  /** For subscription filter policies. */
  readonly attributes: Readonly<Record<'severity' | 'control' | 'account' | 'region' | 'outcome' | 'urgency', string>>;
  /** A message with an id that was published before is a repetition. */
  readonly dedupId: string;
}

/** The outcome of a plan, for the cell's topics. */
export function outcomeSnsMessage(outcome: Outcome, context: MessageContext): SnsMessage {
  return snsMessage(outcomeMessage(outcome, context));
}

/** The same of notification. */
export function notificationSnsMessage(notification: Notification, context: MessageContext): SnsMessage {
  return snsMessage(notificationMessage(notification, context));
}

/** A message for the cell's topics. */
export function snsMessage(message: Message): SnsMessage {
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

/** All protocols that read JSON use `default`, so the message is included once. */
function textsByProtocol(message: Message): string {
  return JSON.stringify({
    default: fitBytes((most) => messageJson(message, most), MAX_BYTES.json, 400),
    email: fitBytes((most) => emailText(message, most), MAX_BYTES.email, MAX_EMAIL_LINES),
    sms: smsLine(message),
  });
}

/**
 * A headline as a subject of SNS.
 *
 * @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html (Subject: ASCII, under 100 characters, no line breaks)
 */
function snsSubject(text: string): string {
  const ascii = text.replaceAll(/[^\x20-\x7e]/g, '?');
  return ascii.length < 100 ? ascii : `${ascii.slice(0, 96)}...`;
}

/** Line counts to try, the largest first. Every message fits without listings. */
const LINE_LIMITS = [400, 100, 50, 20, 5, 1, 0];

const encoder = new TextEncoder();

/** Bytes of a text as a JSON string, without the quotes. */
function jsonBytes(text: string): number {
  return encoder.encode(JSON.stringify(text)).length - 2;
}

/** Renders with as many lines of each listing as fit into `room` bytes of a JSON string, at most `most`. */
function fitBytes(render: (most: number) => string, room: number, most: number): string {
  const sizes = LINE_LIMITS.filter((step) => step <= most);
  const fits = sizes.find((step) => jsonBytes(render(step)) <= room);
  return render(fits ?? 0);
}

/** A message as JSON (see message.schema.json) with at most `most` lines of each listing. */
export function messageJson(message: Message, most: number): string {
  return JSON.stringify({
    ...message,
    listings: message.listings.map((listing) => {
      const { omitted, ...shown } = truncateListing(listing, most);
      return omitted > 0 ? { ...shown, omitted } : shown;
    }),
  } satisfies Message);
}

/**
 * Most bytes of each text within the JSON. SNS accepts 262,144 bytes, of which the attributes use at most
 * 2,000.
 *
 * @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
const MAX_BYTES = { json: 160_000, email: 95_000 } as const;
