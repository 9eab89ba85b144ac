import type {
  ChangeMessageVisibilityRequest,
  CreateQueueRequest,
  CreateQueueResult,
  DeleteMessageBatchRequest,
  DeleteMessageBatchResult,
  DeleteMessageRequest,
  GetQueueAttributesRequest,
  GetQueueAttributesResult,
  GetQueueUrlRequest,
  GetQueueUrlResult,
  ListQueuesRequest,
  ListQueuesResult,
  Message,
  MessageAttributeValue,
  ReceiveMessageRequest,
  ReceiveMessageResult,
  SendMessageBatchRequest,
  SendMessageBatchResult,
  SendMessageRequest,
  SendMessageResult,
} from '@aws-sdk/client-sqs';
import type { Region } from '../../state/account.ts';
import { AwsError, type Operations } from '../../state/operation.ts';
import type { QueuedMessage, QueueRecord } from '../../state/records.ts';
import {
  checkReceipt,
  enqueue,
  isReceipt,
  md5,
  parseRedrivePolicy,
  queueArn,
  receive,
  requireQueue,
  requireReceivedMessage,
} from './queues.ts';

/**
 * Maximum size of a message.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
 */
const MAX_BYTES = 1_048_576;
const MAX_BATCH = 10;

function urlOf({ name, account }: Region, queue: string): string {
  return `https://sqs.${name}.amazonaws.com/${account.id}/${queue}`;
}

/**
 * CreateQueue. Creating a queue of the same name again returns the same queue. Throws InvalidParameterValue.
 */
function createQueue(region: Region, { QueueName: name = '', Attributes = {} }: CreateQueueRequest): CreateQueueResult {
  if (!/^[A-Za-z0-9_-]{1,80}$/.test(name))
    throw new AwsError(
      'InvalidParameterValue',
      'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
    );
  const redrive = parseRedrivePolicy(region, Attributes['RedrivePolicy']);
  const arn = queueArn(region, name);
  const visibilityMs = Number(Attributes['VisibilityTimeout'] ?? 30) * 1000;
  if (!region.queues.has(name))
    region.queues.set(name, { name, arn, visibilityMs, ...(redrive && { redrive }), messages: new Map() });
  return { QueueUrl: urlOf(region, name) };
}

/** GetQueueUrl. Throws QueueDoesNotExist. */
function getQueueUrl(region: Region, { QueueName }: GetQueueUrlRequest): GetQueueUrlResult {
  return { QueueUrl: urlOf(region, requireQueue(region, QueueName).name) };
}

function listQueues(region: Region, { QueueNamePrefix = '' }: ListQueuesRequest): ListQueuesResult {
  const names = [...region.queues.keys()].filter((name) => name.startsWith(QueueNamePrefix));
  return { QueueUrls: names.map((name) => urlOf(region, name)) };
}

/** GetQueueAttributes: the requested attributes that the account supports. Throws QueueDoesNotExist. */
function getQueueAttributes(region: Region, input: GetQueueAttributesRequest): GetQueueAttributesResult {
  const queue = requireQueue(region, input.QueueUrl);
  const now = region.account.clock.now();
  const all = [...queue.messages.values()];
  const hidden = all.filter(({ visibleAt, receives }) => visibleAt > now && receives > 0).length;
  const known: Record<string, string> = {
    QueueArn: queue.arn,
    VisibilityTimeout: String(queue.visibilityMs / 1000),
    ApproximateNumberOfMessages: String(all.filter(({ visibleAt }) => visibleAt <= now).length),
    ApproximateNumberOfMessagesNotVisible: String(hidden),
    ...(queue.redrive && { RedrivePolicy: JSON.stringify(queue.redrive) }),
  };
  const wanted = new Set<string>(input.AttributeNames ?? []);
  const Attributes = Object.fromEntries(
    Object.entries(known).filter(([name]) => wanted.has('All') || wanted.has(name)),
  );
  return { Attributes };
}

function attributesOf(given: Readonly<Record<string, MessageAttributeValue>> = {}): QueuedMessage['attributes'] {
  return Object.fromEntries(
    Object.entries(given).map(([name, { DataType = 'String', StringValue = '' }]) => [
      name,
      { type: DataType, value: StringValue },
    ]),
  );
}

/**
 * SendMessage. Throws MissingParameter for an empty message, InvalidParameterValue for a message that is too
 * long.
 */
function sendMessage(region: Region, input: SendMessageRequest): SendMessageResult {
  const queue = requireQueue(region, input.QueueUrl);
  const { MessageBody: body = '', DelaySeconds = 0 } = input;
  if (body === '') throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.');
  if (Buffer.byteLength(body, 'utf8') > MAX_BYTES) {
    throw new AwsError(
      'InvalidParameterValue',
      `One or more parameters are invalid. Reason: Message must be shorter than ${MAX_BYTES} bytes.`,
    );
  }
  const sending = { body, attributes: attributesOf(input.MessageAttributes), delayMs: DelaySeconds * 1000 };
  return { MessageId: enqueue(region, queue, sending), MD5OfMessageBody: md5(body) };
}

function checkBatch(entries: readonly unknown[]): void {
  if (entries.length === 0)
    throw new AwsError(
      'AWS.SimpleQueueService.EmptyBatchRequest',
      'There should be at least one entry in the request.',
    );
  if (entries.length <= MAX_BATCH) return;
  throw new AwsError(
    'AWS.SimpleQueueService.TooManyEntriesInBatchRequest',
    `Maximum number of entries per request are ${MAX_BATCH}.`,
  );
}

function sendMessageBatch(region: Region, { QueueUrl, Entries = [] }: SendMessageBatchRequest): SendMessageBatchResult {
  checkBatch(Entries);
  const Successful = Entries.map(({ Id, ...entry }) => {
    const { MessageId, MD5OfMessageBody } = sendMessage(region, { QueueUrl, ...entry });
    return { Id, MessageId, MD5OfMessageBody };
  });
  return { Successful, Failed: [] };
}

function asReceived({ id, body, receipt, attributes, sentAt, receives, firstReceivedAt }: QueuedMessage): Message {
  return {
    MessageId: id,
    ReceiptHandle: receipt,
    Body: body,
    MD5OfBody: md5(body),
    Attributes: {
      SentTimestamp: String(sentAt),
      ApproximateReceiveCount: String(receives),
      ApproximateFirstReceiveTimestamp: String(firstReceivedAt),
    },
    MessageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, { type, value }]) => [name, { DataType: type, StringValue: value }]),
    ),
  };
}

/** ReceiveMessage, without long polling. */
function receiveMessage(region: Region, input: ReceiveMessageRequest): ReceiveMessageResult {
  const queue = requireQueue(region, input.QueueUrl);
  const most = input.MaxNumberOfMessages ?? 1;
  if (most < 1 || most > MAX_BATCH)
    throw new AwsError(
      'InvalidParameterValue',
      `Value ${most} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10.`,
    );
  const hideMs = input.VisibilityTimeout === undefined ? undefined : input.VisibilityTimeout * 1000;
  const received = receive(region, queue, most, hideMs);
  return received.length === 0 ? {} : { Messages: received.map(asReceived) };
}

/**
 * Deletes a message. It is not an error if the message was deleted already or has been received again.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html
 */
function remove(queue: QueueRecord, receipt: string | undefined): void {
  const id = checkReceipt(receipt);
  if (queue.messages.get(id)?.receipt === receipt) queue.messages.delete(id);
}

function deleteMessage(region: Region, input: DeleteMessageRequest): object {
  remove(requireQueue(region, input.QueueUrl), input.ReceiptHandle);
  return {};
}

/** DeleteMessageBatch. An invalid receipt fails its own entry only. */
function deleteMessageBatch(
  region: Region,
  { QueueUrl, Entries = [] }: DeleteMessageBatchRequest,
): DeleteMessageBatchResult {
  checkBatch(Entries);
  const queue = requireQueue(region, QueueUrl);
  const [valid, invalid] = [
    Entries.filter(({ ReceiptHandle }) => isReceipt(ReceiptHandle)),
    Entries.filter(({ ReceiptHandle }) => !isReceipt(ReceiptHandle)),
  ];
  for (const { ReceiptHandle } of valid) remove(queue, ReceiptHandle);
  return {
    Successful: valid.map(({ Id }) => ({ Id })),
    Failed: invalid.map(({ Id }) => ({ Id, Code: 'ReceiptHandleIsInvalid', SenderFault: true })),
  };
}

function changeMessageVisibility(region: Region, input: ChangeMessageVisibilityRequest): object {
  const queue = requireQueue(region, input.QueueUrl);
  const message = requireReceivedMessage(queue, input.ReceiptHandle);
  const visibleAt = region.account.clock.now() + (input.VisibilityTimeout ?? 0) * 1000;
  queue.messages.set(message.id, { ...message, visibleAt });
  return {};
}

/** The operations of SQS, for standard queues. */
export const sqsOperations = {
  CreateQueue: createQueue,
  GetQueueUrl: getQueueUrl,
  ListQueues: listQueues,
  GetQueueAttributes: getQueueAttributes,
  SendMessage: sendMessage,
  SendMessageBatch: sendMessageBatch,
  ReceiveMessage: receiveMessage,
  DeleteMessage: deleteMessage,
  DeleteMessageBatch: deleteMessageBatch,
  ChangeMessageVisibility: changeMessageVisibility,
} satisfies Operations;
