import { createHash } from 'node:crypto';
import { uuid } from '../../../shared/domain/random.ts';
import { AwsError } from './aws-error.ts';
import type { Region } from './region.ts';

/** A message in a queue. Times in epoch milliseconds. */
export interface QueuedMessage {
  readonly id: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, { readonly type: string; readonly value: string }>>;
  readonly sentAt: number;
  /** When it can be received (again). */
  readonly visibleAt: number;
  readonly receives: number;
  readonly firstReceivedAt?: number;
  /** Of the last receive; an older one no longer deletes. */
  readonly receipt?: string;
}

/** Where a message goes that was received too often. */
export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

/** A standard queue. */
export interface QueueRecord {
  readonly name: string;
  readonly arn: string;
  readonly visibilityMs: number;
  readonly redrive?: RedrivePolicy;
  /** By id, in the order of arrival. */
  readonly messages: Map<string, QueuedMessage>;
}

/** What a message is sent with. */
export interface Sending {
  readonly body: string;
  readonly attributes?: QueuedMessage['attributes'];
  readonly delayMs?: number;
}

/** The MD5 that SQS answers with and the SDK checks. @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
export const md5 = (text: string): string => createHash('md5').update(text, 'utf8').digest('hex');

/** ARN of a queue by its name. */
export const queueArn = ({ name: region, account }: Region, name: string): string =>
  `arn:aws:sqs:${region}:${account.id}:${name}`;

/** The queue, by the last part of its URL or ARN. Throws AWS.SimpleQueueService.NonExistentQueue. */
export function queueNamed(region: Region, urlOrArn: string | undefined): QueueRecord {
  const queue = region.queues.get((urlOrArn ?? '').split(/[/:]/).at(-1) ?? '');
  if (queue) return queue;
  throw new AwsError('AWS.SimpleQueueService.NonExistentQueue', 'The specified queue does not exist.');
}

/** Puts a message into a queue; its id. */
export function enqueue(region: Region, queue: QueueRecord, { body, attributes = {}, delayMs = 0 }: Sending): string {
  const id = uuid(region.account.random);
  const sentAt = region.account.clock.now();
  queue.messages.set(id, { id, body, attributes, sentAt, visibleAt: sentAt + delayMs, receives: 0 });
  for (const listener of region.account.arrivals) listener(region, queue);
  return id;
}

/** A message that was received as often as the queue allows is moved on as it is, by the receive that would be one too many. */
function isMovedOn(region: Region, queue: QueueRecord, message: QueuedMessage): boolean {
  const { redrive } = queue;
  if (redrive === undefined || message.receives < redrive.maxReceiveCount) return false;
  queue.messages.delete(message.id);
  const { receipt: _, ...moved } = message;
  queueNamed(region, redrive.deadLetterTargetArn).messages.set(message.id, { ...moved, visibleAt: 0 });
  return true;
}

/** Receives up to `most` messages that are visible now: each is hidden for so long, and counted. */
export function receive(
  region: Region,
  queue: QueueRecord,
  most: number,
  hideMs = queue.visibilityMs,
): readonly QueuedMessage[] {
  const now = region.account.clock.now();
  const taken: QueuedMessage[] = [];
  for (const message of queue.messages.values()) {
    if (taken.length === most) break;
    if (message.visibleAt > now || isMovedOn(region, queue, message)) continue;
    const received: QueuedMessage = {
      ...message,
      visibleAt: now + hideMs,
      receives: message.receives + 1,
      firstReceivedAt: message.firstReceivedAt ?? now,
      receipt: `${message.id}/${uuid(region.account.random)}`,
    };
    queue.messages.set(message.id, received);
    taken.push(received);
  }
  return taken;
}

/** Whether it has the form of a receipt. */
export const isReceipt = (receipt: string | undefined): receipt is string =>
  /^[0-9a-f-]+\/[0-9a-f-]+$/.test(receipt ?? '');

/** Id of the message that a receipt is for. Throws ReceiptHandleIsInvalid. */
export function checkReceipt(receipt: string | undefined): string {
  if (isReceipt(receipt)) return receipt.split('/')[0] ?? '';
  throw new AwsError(
    'ReceiptHandleIsInvalid',
    `The input receipt handle "${receipt ?? ''}" is not a valid receipt handle.`,
    404,
  );
}

/** The message of a receipt. Throws ReceiptHandleIsInvalid for one that is gone, or was received again since. */
export function receiptHolder(queue: QueueRecord, receipt: string | undefined): QueuedMessage {
  const message = queue.messages.get(checkReceipt(receipt));
  if (message && message.receipt === receipt) return message;
  throw new AwsError(
    'ReceiptHandleIsInvalid',
    `The input receipt handle "${receipt ?? ''}" is not a valid receipt handle.`,
    404,
  );
}
