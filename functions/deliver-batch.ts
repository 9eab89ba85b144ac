import type { Context, SQSBatchResponse } from 'aws-lambda';
import type { EventUnreadable } from '../shared/model/errors.ts';
import type { DeliveryCell } from '../shared/pipeline/deliver/cell.ts';
import { deliver } from '../shared/pipeline/deliver/deliver.ts';
import { readPost } from './parcels.ts';

/** What delivering a batch depends on. */
export interface BatchDelivery extends Omit<DeliveryCell, 'owner' | 'until'> {
  /** Logs and counts a body that is not a message. */
  readonly reportUnreadable: (receipt: string, fault: EventUnreadable) => void;
}

/** Longest time that a delivery may take once it has begun, ms: two calls of 5 s, and their notes. */
const RESERVE_MS = 20_000;

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
    const { parcels, unreadable } = readPost(event);
    for (const { receipt, fault } of unreadable) reportUnreadable(receipt, fault);
    const failed = await deliver(parcels, { ...cell, owner: context.awsRequestId, until });
    const receipts = [...unreadable.map(({ receipt }) => receipt), ...failed];
    return { batchItemFailures: receipts.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}
