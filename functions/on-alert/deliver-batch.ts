import type { Context, SQSBatchResponse } from 'aws-lambda';
import { EventUnreadable } from '../../shared/domain/errors.ts';
import { accountIn } from '../../shared/events/function-arn.ts';
import { readQueuedMessage } from '../../shared/events/requests/queued-message.ts';
import { type Letter, readSqsBatch } from '../../shared/events/requests/sqs-batch.ts';
import type { DeliveryCell } from '../../shared/notifications/dispatch/cell.ts';
import { deliver, type Parcel } from '../../shared/notifications/dispatch/deliver.ts';

/** What delivering queued messages depends on. */
export interface BatchDelivery extends Omit<DeliveryCell, 'owner' | 'until'> {
  /** Logs and counts a body that is not a message. */
  readonly reportUnreadable: (receipt: string, fault: EventUnreadable) => void;
}

/** What is used of an invocation's context. */
type BatchContext = Pick<Context, 'awsRequestId' | 'getRemainingTimeInMillis' | 'invokedFunctionArn'>;

/** Longest time that a delivery may take once it has begun, ms: two calls of 5 s, and their notes. */
const RESERVE_MS = 20_000;

/** Until when a delivery may begin in this invocation, milliseconds since the epoch. */
export const deliverUntil = (now: number, context: Pick<Context, 'getRemainingTimeInMillis'>): number =>
  now + context.getRemainingTimeInMillis() - RESERVE_MS;

/** The messages of a batch, and the bodies that are not messages. */
interface Batch {
  readonly parcels: readonly Parcel[];
  /** They go back to the queue until SQS moves them to the failure queue, where people find them. */
  readonly unreadable: readonly { readonly receipt: string; readonly fault: EventUnreadable }[];
}

/**
 * Reads queued messages, each by itself.
 *
 * @param account the cell's own.
 */
export const readBatch = (letters: readonly Letter[], account: string): Batch => {
  const parcels: Parcel[] = [];
  const unreadable: { receipt: string; fault: EventUnreadable }[] = [];
  for (const letter of letters) {
    const { receipt } = letter;
    try {
      parcels.push({ receipt, message: readQueuedMessage(letter, account) });
    } catch (fault) {
      if (!(fault instanceof EventUnreadable)) throw fault;
      unreadable.push({ receipt, fault });
    }
  }
  return { parcels, unreadable };
};

/** Delivers queued messages, and answers the receipts of those that are to be tried again. */
export const letterHandler =
  ({ reportUnreadable, ...cell }: BatchDelivery) =>
  async (letters: readonly Letter[], context: BatchContext): Promise<ReadonlySet<string>> => {
    const until = deliverUntil(cell.ports.clock.now(), context);
    const { parcels, unreadable } = readBatch(letters, accountIn(context.invokedFunctionArn));
    for (const { receipt, fault } of unreadable) reportUnreadable(receipt, fault);
    const failed = await deliver(parcels, { ...cell, owner: context.awsRequestId, until });
    return new Set([...unreadable.map(({ receipt }) => receipt), ...failed]);
  };

/**
 * Makes the handler of the alert queue's batches. Its response lists every message that some channel did not take and every unreadable
 * body, because SQS deletes the messages that the response does not list.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export const batchHandler = (delivery: BatchDelivery) => {
  const deliverLetters = letterHandler(delivery);
  return async (event: unknown, context: BatchContext): Promise<SQSBatchResponse> => {
    const failed = await deliverLetters(readSqsBatch(event), context);
    return { batchItemFailures: Array.from(failed, (itemIdentifier) => ({ itemIdentifier })) };
  };
};
