import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { md5, type QueuedMessage, type QueueRecord, queueNamed, receiptHolder, receive } from './account/queues.ts';
import type { Region } from './account/region.ts';
import type { Background } from './background.ts';
import type { FunctionHost } from './function-host.ts';

/** Lambda polls a queue for a function: what it takes is deleted, unless the function answers that it failed. */
export interface EventSource {
  readonly queueArn: string;
  readonly functionName: string;
  /** 1–10. */
  readonly batchSize: number;
}

const recordOf = (region: Region, queue: QueueRecord, message: QueuedMessage): SQSRecord => ({
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
    Object.entries(message.attributes).map(([name, { type, value }]) => [name, { dataType: type, stringValue: value }]),
  ),
  md5OfBody: md5(message.body),
  eventSource: 'aws:sqs',
  eventSourceARN: queue.arn,
  awsRegion: region.name,
});

/**
 * Ids that failed: all of them where the function threw, or named one that it was not given.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
function failedIds(answer: unknown, ids: readonly string[]): ReadonlySet<string> {
  const response: Partial<SQSBatchResponse> = Object(answer);
  const failed = (response.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier);
  return failed.every((id) => ids.includes(id)) ? new Set(failed) : new Set(ids);
}

/** Feeds what lies in a queue to a function, batch by batch, until nothing in it is visible. */
async function poll(region: Region, source: EventSource, functions: FunctionHost): Promise<void> {
  const queue = queueNamed(region, source.queueArn);
  for (let taken = receive(region, queue, source.batchSize); taken.length > 0; ) {
    const event: SQSEvent = { Records: taken.map((message) => recordOf(region, queue, message)) };
    const result = await functions.invoke(source.functionName, region.name, event);
    const ids = taken.map(({ id }) => id);
    const failed = 'error' in result ? new Set(ids) : failedIds(result.value, ids);
    for (const { id, receipt } of taken) if (!failed.has(id)) queue.messages.delete(receiptHolder(queue, receipt).id);
    taken = receive(region, queue, source.batchSize);
  }
}

const isWaiting = (region: Region, arn: string): boolean =>
  [...queueNamed(region, arn).messages.values()].some(({ visibleAt }) => visibleAt <= region.account.clock.now());

/**
 * Begins to feed a queue's messages to a function, one batch at a time, as they come. What failed stays hidden for its time, and is fed
 * again by `again`, or by the next message's arrival.
 */
export function eventSource(
  region: Region,
  source: EventSource,
  { functions, background }: { readonly functions: FunctionHost; readonly background: Background },
): { readonly again: () => void } {
  let polling: Promise<void> | undefined;
  const begin = (): void => {
    if (polling !== undefined) return;
    polling = Promise.resolve()
      .then(async () => await poll(region, source, functions))
      .finally(() => {
        polling = undefined;
        // What came between the last look into the queue and now.
        if (isWaiting(region, source.queueArn)) begin();
      });
    background.track(polling);
  };
  region.account.arrivals.add((_, queue) => {
    if (queue.arn === source.queueArn) begin();
  });
  return { again: begin };
}
