import type {
  CreateTopicInput,
  CreateTopicResponse,
  ListSubscriptionsByTopicInput,
  ListSubscriptionsByTopicResponse,
  ListTopicsResponse,
  MessageAttributeValue,
  PublishInput,
  PublishResponse,
  SubscribeInput,
  SubscribeResponse,
} from '@aws-sdk/client-sns';
import { uuid } from '../../../shared/domain/runtime.ts';
import type { Region } from '../state/account.ts';
import { AwsError, type Operations } from '../state/operation.ts';
import type { PublishedMessage, SubscriptionRecord } from '../state/records.ts';
import { enqueue, requireQueue } from './sqs/queues.ts';

/** CreateTopic. Creating a topic of the same name again returns the same topic. Throws InvalidParameter. */
function createTopic(region: Region, input: CreateTopicInput): CreateTopicResponse {
  const name = input.Name ?? '';
  if (!/^[A-Za-z0-9_-]{1,256}(?:\.fifo)?$/.test(name)) throw invalid('Topic Name');
  const arn = `arn:aws:sns:${region.name}:${region.account.id}:${name}`;
  region.topics.add(arn);
  return { TopicArn: arn };
}

function listTopics(region: Region): ListTopicsResponse {
  return { Topics: [...region.topics].map((TopicArn) => ({ TopicArn })) };
}

/** Publish, to a topic. Throws InvalidParameter, NotFound. */
function publish(region: Region, input: PublishInput): PublishResponse {
  const topicArn = input.TopicArn ?? input.TargetArn;
  if (!topicArn) throw invalid('TopicArn or TargetArn Reason: no value for required parameter');
  if (!region.topics.has(topicArn)) throw new AwsError('NotFound', 'Topic does not exist', 404);
  const { Message: message = '', Subject: subject, MessageStructure: structure } = input;
  const attributes = attributesOf(input.MessageAttributes);
  if (message === '') throw invalid('Empty message');
  if (size(message, attributes) > MAX_MESSAGE_BYTES) throw invalid('Message too long');
  checkSubject(subject);
  checkStructure(message, structure);
  const { account, name } = region;
  const messageId = uuid(account.random);
  const published: PublishedMessage = {
    messageId,
    topicArn,
    message,
    ...(subject === undefined ? {} : { subject }),
    ...(structure === undefined ? {} : { messageStructure: structure }),
    attributes,
    at: account.clock.now(),
    region: name,
  };
  account.messages.push(published);
  fanOut(region, published);
  return { MessageId: messageId };
}

/**
 * Subscribe, for queues only. Subscribing the same endpoint again returns the same subscription. Throws
 * NotFound, InvalidParameter.
 */
function subscribe(region: Region, input: SubscribeInput): SubscribeResponse {
  const { TopicArn: topicArn = '', Protocol, Endpoint = '', Attributes = {} } = input;
  if (!region.topics.has(topicArn)) throw new AwsError('NotFound', 'Topic does not exist', 404);
  if (Protocol !== 'sqs')
    throw new AwsError(
      'InvalidParameter',
      `Invalid parameter: the embedded account does not support the protocol ${Protocol ?? ''}`,
    );
  const existing = [...region.subscriptions.values()].find(
    (one) => one.topicArn === topicArn && one.endpoint === Endpoint,
  );
  const arn = existing?.arn ?? `${topicArn}:${uuid(region.account.random)}`;
  const raw = Attributes['RawMessageDelivery'] === 'true';
  region.subscriptions.set(arn, { arn, topicArn, protocol: 'sqs', endpoint: requireQueue(region, Endpoint).arn, raw });
  return { SubscriptionArn: arn };
}

/** ListSubscriptionsByTopic. */
function listSubscriptionsByTopic(
  region: Region,
  { TopicArn }: ListSubscriptionsByTopicInput,
): ListSubscriptionsByTopicResponse {
  const subscriptions = [...region.subscriptions.values()].filter(({ topicArn }) => topicArn === TopicArn);
  return {
    Subscriptions: subscriptions.map(({ arn, topicArn, protocol, endpoint }) => ({
      SubscriptionArn: arn,
      TopicArn: topicArn,
      Protocol: protocol,
      Endpoint: endpoint,
      Owner: region.account.id,
    })),
  };
}

/** Delivers a message to every queue that is subscribed to its topic. */
function fanOut(region: Region, published: PublishedMessage): void {
  for (const subscription of region.subscriptions.values()) {
    if (subscription.topicArn === published.topicArn) deliver(region, subscription, published);
  }
}

function deliver(region: Region, { protocol, endpoint, raw }: SubscriptionRecord, published: PublishedMessage): void {
  const text = textForProtocol(protocol, published);
  const sending = raw ? { body: text, attributes: published.attributes } : { body: enveloped(text, published) };
  enqueue(region, requireQueue(region, endpoint), sending);
}

/** The text of a message for a protocol: of a structured message, the protocol's own text or the default. */
export function textForProtocol(protocol: string, { message, messageStructure }: PublishedMessage): string {
  if (messageStructure === undefined) return message;
  const texts: Record<string, unknown> = Object(JSON.parse(message));
  return String(texts[protocol] ?? texts['default']);
}

/**
 * A message in SNS's envelope.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
 */
function enveloped(text: string, { messageId, topicArn, subject, at, attributes }: PublishedMessage): string {
  return JSON.stringify({
    Type: 'Notification',
    MessageId: messageId,
    TopicArn: topicArn,
    ...(subject !== undefined && { Subject: subject }),
    Message: text,
    Timestamp: new Date(at).toISOString(),
    MessageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, { type, value }]) => [name, { Type: type, Value: value }]),
    ),
  });
}

/**
 * Maximum size of body and attributes together.
 *
 * @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
const MAX_MESSAGE_BYTES = 262_144;

function invalid(reason: string): AwsError {
  return new AwsError('InvalidParameter', `Invalid parameter: ${reason}`);
}

function bytes(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

/** A subject is up to 99 printable ASCII characters and does not begin with a space. */
function checkSubject(subject: string | undefined): void {
  if (subject === undefined || /^[\x21-\x7e][\x20-\x7e]{0,98}$/.test(subject)) return;
  throw invalid('Subject');
}

/** With `MessageStructure: json`, the message must be an object whose `default` is a string. */
function checkStructure(message: string, structure: string | undefined): void {
  if (structure === undefined) return;
  if (structure !== 'json') throw invalid('MessageStructure');
  let parsed: unknown;
  try {
    parsed = JSON.parse(message);
  } catch (cause) {
    throw invalid(`Message Structure - JSON message body failed to parse (${String(cause)})`);
  }
  const texts = typeof parsed === 'object' && parsed !== null && 'default' in parsed ? parsed.default : undefined;
  if (typeof texts !== 'string') throw invalid('Message Structure - No default entry in JSON message body');
}

function attributesOf(given: Record<string, MessageAttributeValue> | undefined): PublishedMessage['attributes'] {
  const entries = Object.entries(given ?? {}).map(([name, { DataType, StringValue }]) => {
    if (!DataType || !StringValue) throw invalid(`Message attribute ${name} needs a DataType and a value`);
    return [name, { type: DataType, value: StringValue }] as const;
  });
  return Object.fromEntries(entries);
}

function size(message: string, attributes: PublishedMessage['attributes']): number {
  const sizes = Object.entries(attributes).map(([name, { type, value }]) => bytes(name) + bytes(type) + bytes(value));
  return sizes.reduce((sum, one) => sum + one, bytes(message));
}

/** The operations of SNS. */
export const snsOperations = {
  CreateTopic: createTopic,
  ListTopics: listTopics,
  Publish: publish,
  Subscribe: subscribe,
  ListSubscriptionsByTopic: listSubscriptionsByTopic,
} satisfies Operations;
