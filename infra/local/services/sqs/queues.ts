import { createHash } from 'node:crypto';
import { uuid } from '../../../../shared/domain/runtime.ts';
import type { Region } from '../../state/account.ts';
import { AwsError } from '../../state/operation.ts';
import type { QueuedMessage, QueueRecord, RedrivePolicy } from '../../state/records.ts';

/** A message to send. */
export interface OutgoingMessage {
  readonly body: string;
  readonly attributes?: QueuedMessage['attributes'];
  readonly delayMs?: number;
}

/**
 * The MD5 in SQS's answers, which the SDK verifies.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
export function md5(text: string): string {
  return createHash('md5').update(text, 'utf8').digest('hex');
}

/** ARN of the queue with this name. */
export function queueArn({ name: region, account }: Region, name: string): string {
  return `arn:aws:sqs:${region}:${account.id}:${name}`;
}

/** The queue that a URL or ARN ends with. Throws AWS.SimpleQueueService.NonExistentQueue. */
export function requireQueue(region: Region, urlOrArn: string | undefined): QueueRecord {
  const queue = region.queues.get((urlOrArn ?? '').split(/[/:]/).at(-1) ?? '');
  if (queue) return queue;
  throw new AwsError('AWS.SimpleQueueService.NonExistentQueue', 'The specified queue does not exist.');
}

/** Adds a message to a queue and returns its id. */
export function enqueue(
  region: Region,
  queue: QueueRecord,
  { body, attributes = {}, delayMs = 0 }: OutgoingMessage,
): string {
  const id = uuid(region.account.random);
  const sentAt = region.account.clock.now();
  queue.messages.set(id, { id, body, attributes, sentAt, visibleAt: sentAt + delayMs, receives: 0 });
  for (const listener of region.account.queueListeners) listener(region, queue);
  return id;
}

/**
 * Moves a message that has reached the queue's maximum of receives to the dead-letter queue; returns whether
 * it did.
 */
function moveIfExhausted(region: Region, queue: QueueRecord, message: QueuedMessage): boolean {
  const { redrive } = queue;
  if (redrive === undefined || message.receives < redrive.maxReceiveCount) return false;
  queue.messages.delete(message.id);
  const { receipt: _, ...moved } = message;
  requireQueue(region, redrive.deadLetterTargetArn).messages.set(message.id, { ...moved, visibleAt: 0 });
  return true;
}

/**
 * Receives up to `most` visible messages. Each is hidden for `hideMs`, and its number of receives increases.
 */
export function receive(
  region: Region,
  queue: QueueRecord,
  most: number,
  hideMs = queue.visibilityMs,
): readonly QueuedMessage[] {
  const now = region.account.clock.now();
  const receivedMessages: QueuedMessage[] = [];
  for (const message of queue.messages.values()) {
    if (receivedMessages.length === most) break;
    if (message.visibleAt > now || moveIfExhausted(region, queue, message)) continue;
    const received: QueuedMessage = {
      ...message,
      visibleAt: now + hideMs,
      receives: message.receives + 1,
      firstReceivedAt: message.firstReceivedAt ?? now,
      receipt: `${message.id}/${uuid(region.account.random)}`,
    };
    queue.messages.set(message.id, received);
    receivedMessages.push(received);
  }
  return receivedMessages;
}

/** Whether the text has the form of a receipt. */
export function isReceipt(receipt: string | undefined): receipt is string {
  return /^[0-9a-f-]+\/[0-9a-f-]+$/.test(receipt ?? '');
}

/** Id of the message that a receipt belongs to. Throws ReceiptHandleIsInvalid. */
export function checkReceipt(receipt: string | undefined): string {
  if (isReceipt(receipt)) return receipt.split('/')[0] ?? '';
  throw new AwsError(
    'ReceiptHandleIsInvalid',
    `The input receipt handle "${receipt ?? ''}" is not a valid receipt handle.`,
    404,
  );
}

/**
 * The message that a receipt belongs to. Throws ReceiptHandleIsInvalid if it was deleted or has been received
 * again.
 */
export function requireReceivedMessage(queue: QueueRecord, receipt: string | undefined): QueuedMessage {
  const message = queue.messages.get(checkReceipt(receipt));
  if (message && message.receipt === receipt) return message;
  throw new AwsError(
    'ReceiptHandleIsInvalid',
    `The input receipt handle "${receipt ?? ''}" is not a valid receipt handle.`,
    404,
  );
}

function refused(reason: string): AwsError {
  return new AwsError('InvalidParameterValue', `Value for parameter RedrivePolicy is invalid. Reason: ${reason}`);
}

function fieldsIn(text: string): object {
  try {
    const parsed: unknown = JSON.parse(text);
    return Object(parsed);
  } catch (cause) {
    throw refused(`Redrive policy is not a valid JSON map (${String(cause)}).`);
  }
}

/**
 * Parses the redrive policy of CreateQueue. Throws InvalidParameterValue for a malformed policy,
 * QueueDoesNotExist for an unknown dead-letter queue.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
 */
export function parseRedrivePolicy(region: Region, text: string | undefined): RedrivePolicy | undefined {
  if (text === undefined) return undefined;
  const fields = fieldsIn(text);
  const target = 'deadLetterTargetArn' in fields ? fields.deadLetterTargetArn : undefined;
  const count = 'maxReceiveCount' in fields ? Number(fields.maxReceiveCount) : Number.NaN;
  if (typeof target !== 'string') throw refused('missing deadLetterTargetArn.');
  if (!Number.isInteger(count) || count < 1 || count > 1000) throw refused('maxReceiveCount must be 1 to 1000.');
  return { deadLetterTargetArn: requireQueue(region, target).arn, maxReceiveCount: count };
}
