import { EventUnreadable } from '../../domain/errors.ts';
import type { HttpCall } from '../../domain/requests/http-call.ts';
import type { Press } from '../../domain/requests/press.ts';
import { asFields } from '../fields.ts';
import { readChatAction } from './chat-action.ts';
import { allowOnly, idIn, openPart, wordIn } from './command-part.ts';
import { readHttpCall } from './http-event.ts';

/** What invokes the function that takes presses: an HTTP call, the function itself, Amazon Q, or nothing that it knows. */
export type ActionEvent =
  | { readonly from: 'http'; readonly call: HttpCall }
  | { readonly from: 'itself'; readonly pressId: string }
  | { readonly from: 'amazon-q'; readonly press: Press }
  | { readonly from: 'nobody'; readonly because: string };

/** What the function puts before itself: the name of a press that it has recorded. */
export const workOnEvent = (pressId: string): object => ({ do: 'work-on', id: pressId });

const invoked = (event: unknown, now: number): ActionEvent => {
  if (asFields(event)?.['do'] === undefined) return { from: 'amazon-q', press: readChatAction(event, now) };
  const part = openPart(event, 'event');
  allowOnly(part, ['do', 'id']);
  wordIn(part, 'do', ['work-on']);
  return { from: 'itself', pressId: idIn(part, 'id') };
};

/**
 * Tells them apart. Whatever a stranger posts is an HTTP call; who may invoke the function, as Amazon Q, can name a press
 * that is on the record and not make one up.
 *
 * @param now milliseconds since the epoch.
 */
export const readActionEvent = (event: unknown, now: number): ActionEvent => {
  const call = readHttpCall(event);
  if (call !== undefined) return { from: 'http', call };
  try {
    return invoked(event, now);
  } catch (error) {
    if (error instanceof EventUnreadable) return { from: 'nobody', because: error.message };
    throw error;
  }
};
