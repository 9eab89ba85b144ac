import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { md5, receive, requireQueue, requireReceivedMessage } from '../services/sqs/queues.ts';
import type { Region } from '../state/account.ts';
import type { QueuedMessage, QueueRecord } from '../state/records.ts';
import type { Background } from './background.ts';
import type { FunctionHost } from './functions.ts';

/**
 * A queue that Lambda polls for a function. Messages are deleted unless the function reports them as failed.
 */
export interface EventSource {
  readonly queueArn: string;
  readonly functionName: string;
  /** 1–10. */
  readonly batchSize: number;
}

function recordOf(region: Region, queue: QueueRecord, message: QueuedMessage): SQSRecord {
  return {
    messageId: message.id,
    receiptHandle: message.receipt ?? '',
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.receives),
      SentTimestamp: String(message.sentAt),
      SenderId: region.account.id,
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    },
    messageAttributes: Object.fromEntries(
      Object.entries(message.attributes).map(([name, { type, value }]) => [
        name,
        { dataType: type, stringValue: value },
      ]),
    ),
    md5OfBody: md5(message.body),
    eventSource: 'aws:sqs',
    eventSourceARN: queue.arn,
    awsRegion: region.name,
  };
}

/**
 * Ids of failed messages. All messages failed if the function threw or named an unknown message.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
function failedIds(answer: unknown, ids: readonly string[]): ReadonlySet<string> {
  const response: Partial<SQSBatchResponse> = Object(answer);
  const failed = (response.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier);
  return failed.every((id) => ids.includes(id)) ? new Set(failed) : new Set(ids);
}

/** Invokes the function with batches of visible messages until there are none. */
async function poll(region: Region, source: EventSource, functions: FunctionHost): Promise<void> {
  const queue = requireQueue(region, source.queueArn);
  for (let batch = receive(region, queue, source.batchSize); batch.length > 0; ) {
    const event: SQSEvent = { Records: batch.map((message) => recordOf(region, queue, message)) };
    const result = await functions.invoke(source.functionName, region.name, event);
    const ids = batch.map(({ id }) => id);
    const failed = 'error' in result ? new Set(ids) : failedIds(result.value, ids);
    for (const { id, receipt } of batch)
      if (!failed.has(id)) queue.messages.delete(requireReceivedMessage(queue, receipt).id);
    batch = receive(region, queue, source.batchSize);
  }
}

/** When the next message of a queue becomes visible. Undefined if the queue is empty. */
function nextVisibleAt(region: Region, arn: string): number | undefined {
  const times = Array.from(requireQueue(region, arn).messages.values(), ({ visibleAt }) => visibleAt);
  return times.length === 0 ? undefined : Math.min(...times);
}

/**
 * Starts to feed a queue's messages to a function, one batch at a time: at once when messages arrive, and
 * again when messages that failed become visible.
 */
export function startEventSource(
  region: Region,
  source: EventSource,
  { functions, background }: { readonly functions: FunctionHost; readonly background: Background },
): void {
  const { clock } = region.account;
  let isPolling = false;
  let nextPollAt = Number.POSITIVE_INFINITY;

  const pollLater = async (at: number): Promise<void> => {
    nextPollAt = at;
    const how = await background.wait(at - clock.now());
    if (nextPollAt === at) nextPollAt = Number.POSITIVE_INFINITY;
    if (how === 'elapsed') begin();
  };

  const pollNow = async (): Promise<void> => {
    // Waits one microtask, so that messages sent together come in one batch.
    await Promise.resolve();
    await poll(region, source, functions);
    isPolling = false;
    const at = nextVisibleAt(region, source.queueArn);
    if (at !== undefined && at < nextPollAt) background.track(pollLater(at));
  };

  const begin = (): void => {
    if (isPolling) return;
    isPolling = true;
    background.track(pollNow());
  };

  region.account.queueListeners.add((_, queue) => {
    if (queue.arn === source.queueArn) begin();
  });
}
