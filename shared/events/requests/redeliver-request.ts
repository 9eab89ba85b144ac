import { allowOnly, openPart, wordIn } from './command-part.ts';

/** Asks on-alert to deliver again what it gave up. It carries no message: on-alert takes those from its own queue. */
export const REDELIVER = { do: 'redeliver' } as const;

/** Checks such a request. Throws EventUnreadable for anything else. */
export function readRedeliverRequest(event: unknown): void {
  const part = openPart(event, 'event');
  allowOnly(part, ['do']);
  wordIn(part, 'do', [REDELIVER.do]);
}
