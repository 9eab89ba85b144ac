import { EventUnreadable } from '../../domain/errors.ts';
import type { Message } from '../../domain/notifications/message.ts';
import { readMessage } from './message.ts';
import type { Letter } from './sqs-batch.ts';

/** How far the clock of the function that published may be ahead of the queue's, ms. */
const AHEAD_MS = 300_000;

/** Oldest news, ms: an entry of the ledger is its own outbox, so that people may be told of it days later. */
const BEHIND_MS = 30 * 86_400_000;

/** Messages of a thread follow each other by their times: one from the future would make every later one a reply that nobody sees. */
function checkTime({ at }: Message, sentAt: number): void {
  if (at > sentAt + AHEAD_MS || at < sentAt - BEHIND_MS)
    throw new EventUnreadable(
      'message.at',
      `a time from 30 days before to 5 minutes after the queue got the message, ${sentAt}, found ${at}`,
    );
}

/** A thread is the account's, or that of the group that the message is about: nothing else may end or continue its incident. */
function checkPlace({ account, thread, group }: Message, own: string): void {
  if (account !== own)
    throw new EventUnreadable('message.account', `${own}, the account of this cell, found ${account}`);
  const isOwn = thread === own || thread.startsWith(`${own}/`);
  if (!isOwn || (group !== undefined && !thread.endsWith(`/${group.id}`)))
    throw new EventUnreadable('message.thread', 'the thread of the account, or of the group that the message names');
}

/**
 * Reads a message that a queue brought.
 *
 * @param own the cell's account.
 * @throws EventUnreadable where it is no message, is about another account or a thread that is not its own, or claims a time that the queue
 * contradicts.
 */
export function readQueuedMessage({ body, sentAt }: Letter, own: string): Message {
  const message = readMessage(body);
  checkTime(message, sentAt);
  checkPlace(message, own);
  return message;
}
