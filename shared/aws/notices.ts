import { type MessageAttributeValue, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Outcome } from '../model/decision.ts';
import type { News } from '../model/news.ts';
import type { Notices } from '../model/ports.ts';
import { call } from './call.ts';
import { CLIENT_SETTINGS } from './client-settings.ts';

/** What goes to the topic: a subject (under 100 ASCII characters), a text, attributes to filter by, and the id that tells doubles. */
interface Notice {
  readonly subject: string;
  readonly text: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly dedupId: string;
}

/** A client for the notices' topic, in the function's own region. */
export const noticesClient = (): SNSClient => new SNSClient(CLIENT_SETTINGS);

const text = (value: string): MessageAttributeValue => ({ DataType: 'String', StringValue: value });

/** SNS refuses attributes without a value. */
const attributesOf = ({ attributes, dedupId }: Notice): Record<string, MessageAttributeValue> =>
  Object.fromEntries(
    Object.entries({ ...attributes, dedupId }).flatMap(([name, value]) => (value === '' ? [] : [[name, text(value)]])),
  );

/** What messages say. */
export interface Wording {
  readonly noticeFor: (outcome: Outcome) => Notice;
  readonly newsFor: (news: News) => Notice;
}

/** Notices through an SNS topic. A standard topic: doubles carry the same `dedupId` attribute. */
export const notices = (sns: Pick<SNSClient, 'send'>, topicArn: string, { noticeFor, newsFor }: Wording): Notices => {
  const send = async (notice: Notice): Promise<void> => {
    const command = new PublishCommand({
      TopicArn: topicArn,
      Subject: notice.subject,
      Message: notice.text,
      MessageAttributes: attributesOf(notice),
    });
    await call('Publish', sns.send(command));
  };
  return {
    publish: async (outcome) => await send(noticeFor(outcome)),
    announce: async (news) => await send(newsFor(news)),
  };
};
