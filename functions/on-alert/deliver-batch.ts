import type { Context, SQSBatchResponse } from 'aws-lambda';
import { EventUnreadable } from '../../shared/model/errors.ts';
import type { DeliveryCell } from '../../shared/pipeline/deliver/cell.ts';
import { deliver, type Parcel } from '../../shared/pipeline/deliver/deliver.ts';
import { readMessage } from '../../shared/readers/message.ts';
import { readSqsBatch } from '../../shared/readers/sqs-batch.ts';

/** What delivering a batch depends on. */
export interface BatchDelivery extends Omit<DeliveryCell, 'owner' | 'until'> {
  /** Logs and counts a body that is not a message. */
  readonly reportUnreadable: (receipt: string, fault: EventUnreadable) => void;
}

/** Longest time that a delivery may take once it has begun, ms: two calls of 5 s, and their notes. */
const RESERVE_MS = 20_000;

/** The messages of a batch, and the bodies that are not messages. */
interface Batch {
  readonly parcels: readonly Parcel[];
  /** They go back to the queue until SQS moves them to the failure queue, where people find them. */
  readonly unreadable: readonly { readonly receipt: string; readonly fault: EventUnreadable }[];
}

/** Reads a batch, each message by itself. Throws EventUnreadable if the event is not a batch. */
export const readBatch = (event: unknown): Batch => {
  const parcels: Parcel[] = [];
  const unreadable: { receipt: string; fault: EventUnreadable }[] = [];
  for (const { receipt, body } of readSqsBatch(event)) {
    try {
      parcels.push({ receipt, message: readMessage(body) });
    } catch (fault) {
      if (!(fault instanceof EventUnreadable)) throw fault;
      unreadable.push({ receipt, fault });
    }
  }
  return { parcels, unreadable };
};

/**
 * Makes the handler of the alert queue's batches. Its response lists every message that some channel did not take and every unreadable
 * body, because SQS deletes the messages that the response does not list.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function batchHandler({ reportUnreadable, ...cell }: BatchDelivery) {
  return async (
    event: unknown,
    context: Pick<Context, 'awsRequestId' | 'getRemainingTimeInMillis'>,
  ): Promise<SQSBatchResponse> => {
    const until = cell.ports.clock.now() + context.getRemainingTimeInMillis() - RESERVE_MS;
    const { parcels, unreadable } = readBatch(event);
    for (const { receipt, fault } of unreadable) reportUnreadable(receipt, fault);
    const failed = await deliver(parcels, { ...cell, owner: context.awsRequestId, until });
    const receipts = [...unreadable.map(({ receipt }) => receipt), ...failed];
    return { batchItemFailures: receipts.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}
