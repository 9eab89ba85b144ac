import { EventUnreadable } from '../shared/model/errors.ts';
import type { Parcel } from '../shared/pipeline/deliver/deliver.ts';
import { readMessage } from '../shared/readers/message.ts';
import { readSqsBatch } from '../shared/readers/sqs-batch.ts';

/** What a batch of the queue comes to. */
export interface Post {
  readonly parcels: readonly Parcel[];
  /** What is no message: it goes back until it is in the failure queue, where somebody finds it. */
  readonly unreadable: readonly { readonly receipt: string; readonly fault: EventUnreadable }[];
}

/** Reads a batch, each message by itself. Throws EventUnreadable for what is no batch. */
export const readPost = (event: unknown): Post => {
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
