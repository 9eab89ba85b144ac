import type { Message } from '../../domain/notifications/message.ts';
import { amazonQNotification } from '../render/amazon-q.ts';
import { EMAIL_LINES, emailText } from '../render/email.ts';
import { fitted } from '../render/fitted.ts';
import { messageJson } from '../render/message-json.ts';
import { smsLine } from '../render/sms.ts';
import { asSubject } from './subject.ts';

/** What goes to the topics. */
export interface Notice {
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
const ROOM = { json: 160_000, email: 95_000 } as const;

/** Every protocol that reads JSON gets the default: so the message is in there once. */
const textsOf = (message: Message): string =>
  JSON.stringify({
    default: fitted((most) => messageJson(message, most), ROOM.json, 400),
    email: fitted((most) => emailText(message, most), ROOM.email, EMAIL_LINES),
    sms: smsLine(message),
  });

/** A message as the topics take it. */
export const noticeOf = (message: Message): Notice => ({
  subject: asSubject(message.headline),
  texts: textsOf(message),
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
});
