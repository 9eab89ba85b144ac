import { type MessageAttributeValue, PublishCommand, type PublishCommandInput, SNSClient } from '@aws-sdk/client-sns';
import type { Outcome } from '../../domain/decision.ts';
import { CallFailed } from '../../domain/errors.ts';
import type { Notification } from '../../domain/notification.ts';
import type { AccountAlias, CellLogEntry, Notifier } from '../../domain/ports.ts';
import { call } from './call.ts';
import type { ClientSettings } from './clients/settings.ts';
import type { LedgerCell } from './dynamodb/table.ts';
import { accountAlias, aliasClient } from './iam.ts';

/** What goes to the topics; shared/notifications/compose/notice.ts makes it. */
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

/** What messages say; loaded by the first of them. */
interface NoticeTexts {
  readonly noticeFor: (outcome: Outcome, accountAlias: string | undefined) => Promise<TopicMessage>;
  readonly newsFor: (news: Notification, accountAlias: string | undefined) => Promise<TopicMessage>;
}

/** Where notices go, and who is told of what did not. */
export interface NoticeCell extends NoticeTexts {
  readonly noticesTopicArn: string;
  /** Topic of Amazon Q Developer in chat applications; absent: there is none. */
  readonly chatTopicArn?: string;
  readonly journal: (entry: CellLogEntry) => void;
}

/** A client for the topics, in the function's own region. */
function noticesClient(settings: ClientSettings): SNSClient {
  return new SNSClient(settings);
}

function stringAttribute(value: string): MessageAttributeValue {
  return { DataType: 'String', StringValue: value };
}

/** SNS refuses attributes without a value. */
function attributesOf({ attributes, dedupId }: TopicMessage): Record<string, MessageAttributeValue> {
  return Object.fromEntries(
    Object.entries({ ...attributes, dedupId }).flatMap(([name, value]) =>
      value === '' ? [] : [[name, stringAttribute(value)]],
    ),
  );
}

/** A notice for each topic: the chat topic has one reader, who takes one form. */
function publicationsOf(notice: TopicMessage, cell: NoticeCell): readonly PublishCommandInput[] {
  const MessageAttributes = attributesOf(notice);
  const { noticesTopicArn: TopicArn, chatTopicArn } = cell;
  const { subject: Subject, texts, chat } = notice;
  return [
    { TopicArn, Subject, Message: texts, MessageStructure: 'json', MessageAttributes },
    ...(chatTopicArn === undefined ? [] : [{ TopicArn: chatTopicArn, Message: chat, MessageAttributes }]),
  ];
}

/** Refused for good by the chat topic alone: as if it were told again each time, people would be told again in every other way. */
function isRefusedByChat(fault: unknown, topic: string | undefined, cell: NoticeCell): fault is CallFailed {
  return (
    topic === cell.chatTopicArn && topic !== cell.noticesTopicArn && fault instanceof CallFailed && !fault.retryable
  );
}

/**
 * Notices through SNS: a topic for everybody, and one for Amazon Q where there is one. Standard topics, at least once: doubles carry the
 * same `dedupId`. Where one of the two refuses, the call fails and the next try of this container leaves out the one that took it; what
 * the chat topic refuses for good goes into the journal, and the call succeeds.
 */
export function notices(sns: Pick<SNSClient, 'send'>, account: AccountAlias, cell: NoticeCell): Notifier {
  const taken = partialPublishes();
  const publish = async (input: PublishCommandInput, dedupId: string): Promise<void> => {
    const { TopicArn: topic = '' } = input;
    if (taken.has(dedupId, topic)) return;
    try {
      await call('Publish', sns.send(new PublishCommand(input)));
    } catch (fault) {
      if (!isRefusedByChat(fault, topic, cell)) throw fault;
      cell.journal({ what: 'chat-refused', dedupId, fault });
    }
    taken.note(dedupId, topic);
  };
  const send = async (notice: TopicMessage): Promise<void> => {
    const results = await Promise.allSettled(
      publicationsOf(notice, cell).map((input) => publish(input, notice.dedupId)),
    );
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    taken.forget(notice.dedupId);
  };
  return {
    publish: async (outcome) => await send(await cell.noticeFor(outcome, await account.alias())),
    notify: async (news) => await send(await cell.newsFor(news, await account.alias())),
  };
}

/** The cell's voice, with the account's alias: make it once per container. */
export function cellNotifier(cell: NoticeCell & Pick<LedgerCell, 'clients' | 'clock'>): Notifier {
  return notices(noticesClient(cell.clients), accountAlias(aliasClient(cell.clients), cell.clock, cell.journal), cell);
}

/** Notices remembered: few are ever half taken at once, and a container lives for hours. */
const MAX_REMEMBERED = 1000;

/** Which topics took a notice that another one refused. */
interface PartialPublishes {
  readonly has: (dedupId: string, topic: string) => boolean;
  readonly note: (dedupId: string, topic: string) => void;
  readonly forget: (dedupId: string) => void;
}

/** Remembers in the container: a retry elsewhere repeats what was taken, under the same id. */
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
