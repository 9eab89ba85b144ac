import type {
  ListSubscriptionsByTopicInput,
  ListSubscriptionsByTopicResponse,
  SubscribeInput,
  SubscribeResponse,
} from '@aws-sdk/client-sns';
import { uuid } from '../../../shared/domain/random.ts';
import { AwsError } from './aws-error.ts';
import { enqueue, queueNamed } from './queues.ts';
import type { PublishedMessage, SubscriptionRecord } from './records.ts';
import type { Region } from './region.ts';

/** Subscribe, of queues only; the same endpoint keeps its subscription. Throws NotFound, InvalidParameter. */
export function subscribe(region: Region, input: SubscribeInput): SubscribeResponse {
  const { TopicArn: topicArn = '', Protocol, Endpoint = '', Attributes = {} } = input;
  if (!region.topics.has(topicArn)) throw new AwsError('NotFound', 'Topic does not exist', 404);
  if (Protocol !== 'sqs')
    throw new AwsError('InvalidParameter', `Invalid parameter: Protocol ${Protocol ?? ''} is not known here`);
  const standing = [...region.subscriptions.values()].find(
    (one) => one.topicArn === topicArn && one.endpoint === Endpoint,
  );
  const arn = standing?.arn ?? `${topicArn}:${uuid(region.account.random)}`;
  const raw = Attributes['RawMessageDelivery'] === 'true';
  region.subscriptions.set(arn, { arn, topicArn, protocol: 'sqs', endpoint: queueNamed(region, Endpoint).arn, raw });
  return { SubscriptionArn: arn };
}

/** Subscriptions of a topic. */
export function listSubscriptionsByTopic(
  region: Region,
  { TopicArn }: ListSubscriptionsByTopicInput,
): ListSubscriptionsByTopicResponse {
  const ours = [...region.subscriptions.values()].filter(({ topicArn }) => topicArn === TopicArn);
  return {
    Subscriptions: ours.map(({ arn, topicArn, protocol, endpoint }) => ({
      SubscriptionArn: arn,
      TopicArn: topicArn,
      Protocol: protocol,
      Endpoint: endpoint,
      Owner: region.account.id,
    })),
  };
}

/** What a protocol gets of a message: with a structure, its own text or the default one. */
export function textFor(protocol: string, { message, messageStructure }: PublishedMessage): string {
  if (messageStructure === undefined) return message;
  const texts: Record<string, unknown> = Object(JSON.parse(message));
  return String(texts[protocol] ?? texts['default']);
}

/** SNS's envelope. @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
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

function deliver(region: Region, { protocol, endpoint, raw }: SubscriptionRecord, published: PublishedMessage): void {
  const text = textFor(protocol, published);
  const sending = raw ? { body: text, attributes: published.attributes } : { body: enveloped(text, published) };
  enqueue(region, queueNamed(region, endpoint), sending);
}

/** Hands a message to every queue that has subscribed to its topic. */
export function fanOut(region: Region, published: PublishedMessage): void {
  for (const subscription of region.subscriptions.values()) {
    if (subscription.topicArn === published.topicArn) deliver(region, subscription, published);
  }
}
