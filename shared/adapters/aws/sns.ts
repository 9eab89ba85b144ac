import { type MessageAttributeValue, PublishCommand, type PublishCommandInput, SNSClient } from '@aws-sdk/client-sns';
import type { Outcome } from '../../domain/decision.ts';
import { CallFailed } from '../../domain/errors.ts';
import type { Notification } from '../../domain/notification.ts';
import type { AccountAlias, CellLogEntry, Notifier } from '../../domain/ports.ts';
import { call } from './call.ts';
import type { LedgerCell } from './dynamodb/table.ts';
import { accountAlias, aliasClient } from './iam.ts';

/** A message for the topics. */
interface TopicMessage {
  /** Under 100 ASCII characters. */
  readonly subject: string;
  /** JSON by protocol. */
  readonly texts: string;
  /** JSON of a custom notification for Amazon Q Developer in chat applications. */
  readonly chat: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly dedupId: string;
}

/** Composes messages. The first message loads the code. */
interface NoticeTexts {
  readonly noticeFor: (outcome: Outcome, accountAlias: string | undefined) => Promise<TopicMessage>;
  readonly newsFor: (news: Notification, accountAlias: string | undefined) => Promise<TopicMessage>;
}

/** The topics, and the log for what a topic rejects. */
export interface NoticeCell extends NoticeTexts {
  readonly noticesTopicArn: string;
  /** Topic of Amazon Q Developer in chat applications, if there is one. */
  readonly chatTopicArn?: string;
  readonly journal: (entry: CellLogEntry) => void;
}

function stringAttribute(value: string): MessageAttributeValue {
  return { DataType: 'String', StringValue: value };
}

/** SNS rejects attributes without a value. */
function attributesOf({ attributes, dedupId }: TopicMessage): Record<string, MessageAttributeValue> {
  return Object.fromEntries(
    Object.entries({ ...attributes, dedupId }).flatMap(([name, value]) =>
      value === '' ? [] : [[name, stringAttribute(value)]],
    ),
  );
}

/** A request for each topic. The chat topic has one subscriber, Amazon Q, with a format of its own. */
function publicationsOf(notice: TopicMessage, cell: NoticeCell): readonly PublishCommandInput[] {
  const MessageAttributes = attributesOf(notice);
  const { noticesTopicArn: TopicArn, chatTopicArn } = cell;
  const { subject: Subject, texts, chat } = notice;
  return [
    { TopicArn, Subject, Message: texts, MessageStructure: 'json', MessageAttributes },
    ...(chatTopicArn === undefined ? [] : [{ TopicArn: chatTopicArn, Message: chat, MessageAttributes }]),
  ];
}

/**
 * Whether only the chat topic rejects a message for good. A retry would send the message to all other
 * subscribers again.
 */
function isRefusedByChat(fault: unknown, topic: string | undefined, cell: NoticeCell): fault is CallFailed {
  return (
    topic === cell.chatTopicArn && topic !== cell.noticesTopicArn && fault instanceof CallFailed && !fault.retryable
  );
}

/**
 * Publishes messages through SNS: to the topic for all subscribers, and to the topic for Amazon Q if there is
 * one. Standard topics deliver at least once; duplicates have the same `dedupId`. If one topic fails, the
 * call fails, and the next attempt in this container omits the topic that accepted the message. If the chat
 * topic rejects a message for good, that goes to the log, and the call succeeds.
 */
export function notices(sns: Pick<SNSClient, 'send'>, account: AccountAlias, cell: NoticeCell): Notifier {
  const partial = partialPublishes();
  const publish = async (input: PublishCommandInput, dedupId: string): Promise<void> => {
    const { TopicArn: topic = '' } = input;
    if (partial.has(dedupId, topic)) return;
    try {
      await call('Publish', sns.send(new PublishCommand(input)));
    } catch (fault) {
      if (!isRefusedByChat(fault, topic, cell)) throw fault;
      cell.journal({ what: 'chat-refused', dedupId, fault });
    }
    partial.note(dedupId, topic);
  };
  const send = async (notice: TopicMessage): Promise<void> => {
    const results = await Promise.allSettled(
      publicationsOf(notice, cell).map((input) => publish(input, notice.dedupId)),
    );
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    partial.forget(notice.dedupId);
  };
  return {
    publish: async (outcome) => await send(await cell.noticeFor(outcome, await account.alias())),
    notify: async (news) => await send(await cell.newsFor(news, await account.alias())),
  };
}

/** The notifier of a cell, with the account's alias in its messages: make it once per container. */
export function cellNotifier(cell: NoticeCell & Pick<LedgerCell, 'clients' | 'clock'>): Notifier {
  return notices(new SNSClient(cell.clients), accountAlias(aliasClient(cell.clients), cell.clock, cell.journal), cell);
}

/** Most messages that are remembered: a container lives for hours, and few messages are published in part. */
const MAX_REMEMBERED = 1000;

/** Which topics accepted a message that another topic rejected. */
interface PartialPublishes {
  readonly has: (dedupId: string, topic: string) => boolean;
  readonly note: (dedupId: string, topic: string) => void;
  readonly forget: (dedupId: string) => void;
}

/**
 * Remembers partial publishes in this container. A retry in another container repeats the message with the
 * same `dedupId`.
 */
export function partialPublishes(): PartialPublishes {
  const topics = new Map<string, ReadonlySet<string>>();
  return {
    has: (dedupId, topic) => topics.get(dedupId)?.has(topic) === true,
    note: (dedupId, topic) => {
      topics.set(dedupId, new Set([...(topics.get(dedupId) ?? []), topic]));
      const [oldest] = topics.keys();
      if (topics.size > MAX_REMEMBERED && oldest !== undefined) topics.delete(oldest);
    },
    forget: (dedupId) => void topics.delete(dedupId),
  };
}
