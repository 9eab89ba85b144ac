import { type MessageAttributeValue, PublishCommand, type PublishCommandInput, SNSClient } from '@aws-sdk/client-sns';
import type { Outcome } from '../../../domain/decision.ts';
import { CallFailed } from '../../../domain/errors.ts';
import type { News } from '../../../domain/notifications/news.ts';
import type { AccountAlias, CellEntry, Notices } from '../../../domain/ports.ts';
import { call } from '../call.ts';
import type { ClientSettings } from '../clients/client-settings.ts';
import { halfTaken } from '../dynamodb/half-taken.ts';

/** What goes to the topics; shared/notifications/compose/notice.ts makes it. */
interface Notice {
  /** Under 100 ASCII characters. */
  readonly subject: string;
  /** JSON by protocol. */
  readonly texts: string;
  /** JSON of a custom notification for Amazon Q Developer in chat applications. */
  readonly chat: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly dedupId: string;
}

/** What messages say; loaded by the first of them. */
interface Wording {
  readonly noticeFor: (outcome: Outcome, accountAlias: string | undefined) => Promise<Notice>;
  readonly newsFor: (news: News, accountAlias: string | undefined) => Promise<Notice>;
}

/** Where notices go, and who is told of what did not. */
export interface NoticeCell extends Wording {
  readonly noticesTopicArn: string;
  /** Topic of Amazon Q Developer in chat applications; absent: there is none. */
  readonly chatTopicArn?: string;
  readonly journal: (entry: CellEntry) => void;
}

/** A client for the topics, in the function's own region. */
export const noticesClient = (settings: ClientSettings): SNSClient => new SNSClient(settings);

const text = (value: string): MessageAttributeValue => ({ DataType: 'String', StringValue: value });

/** SNS refuses attributes without a value. */
const attributesOf = ({ attributes, dedupId }: Notice): Record<string, MessageAttributeValue> =>
  Object.fromEntries(
    Object.entries({ ...attributes, dedupId }).flatMap(([name, value]) => (value === '' ? [] : [[name, text(value)]])),
  );

/** A notice for each topic: the chat topic has one reader, who takes one form. */
const publicationsOf = (notice: Notice, cell: NoticeCell): readonly PublishCommandInput[] => {
  const MessageAttributes = attributesOf(notice);
  const { noticesTopicArn: TopicArn, chatTopicArn } = cell;
  const { subject: Subject, texts, chat } = notice;
  return [
    { TopicArn, Subject, Message: texts, MessageStructure: 'json', MessageAttributes },
    ...(chatTopicArn === undefined ? [] : [{ TopicArn: chatTopicArn, Message: chat, MessageAttributes }]),
  ];
};

/** Refused for good by the chat topic alone: as if it were told again each time, people would be told again in every other way. */
const isGivenUp = (fault: unknown, topic: string | undefined, cell: NoticeCell): fault is CallFailed =>
  topic === cell.chatTopicArn && topic !== cell.noticesTopicArn && fault instanceof CallFailed && !fault.retryable;

/**
 * Notices through SNS: a topic for everybody, and one for Amazon Q where there is one. Standard topics, at least once: doubles carry the
 * same `dedupId`. Where one of the two refuses, the call fails and the next try of this container leaves out the one that took it; what
 * the chat topic refuses for good goes into the journal, and the call succeeds.
 */
export const notices = (sns: Pick<SNSClient, 'send'>, account: AccountAlias, cell: NoticeCell): Notices => {
  const taken = halfTaken();
  const publish = async (input: PublishCommandInput, dedupId: string): Promise<void> => {
    const { TopicArn: topic = '' } = input;
    if (taken.has(dedupId, topic)) return;
    try {
      await call('Publish', sns.send(new PublishCommand(input)));
    } catch (fault) {
      if (!isGivenUp(fault, topic, cell)) throw fault;
      cell.journal({ what: 'chat-refused', dedupId, fault });
    }
    taken.note(dedupId, topic);
  };
  const send = async (notice: Notice): Promise<void> => {
    const results = await Promise.allSettled(
      publicationsOf(notice, cell).map((input) => publish(input, notice.dedupId)),
    );
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    taken.forget(notice.dedupId);
  };
  return {
    publish: async (outcome) => await send(await cell.noticeFor(outcome, await account.alias())),
    announce: async (news) => await send(await cell.newsFor(news, await account.alias())),
  };
};
