import type { Thread } from '../../model/delivery.ts';
import type { Message } from '../../model/message.ts';

/** An incident is over after so much time without a word, ms: what comes then is told in a new thread, where people see it. */
const SILENCE_MS = 86_400_000;

/** Most later messages that are kept: enough for everything that a first message has room for. */
const MOST_LATER = 200;

const lastAt = ({ first, later }: Thread): number => Math.max(first.at, ...later.map(({ at }) => at));

/** The thread that a message goes on with; undefined where it begins one. By the messages' own times: a late one is where it belongs. */
export const continued = (thread: Thread | undefined, message: Message): Thread | undefined =>
  thread !== undefined && message.at - lastAt(thread) < SILENCE_MS ? thread : undefined;

/** A thread that begins with a message. */
export const begun = (ts: string, first: Message): Thread => ({ ts, first, later: [] });

/** A thread with one message more; the oldest first, whatever order they come in. */
export const withLater = ({ ts, first, later }: Thread, { headline, at }: Message): Thread => ({
  ts,
  first,
  later: [...later, { headline, at }].toSorted((a, b) => a.at - b.at).slice(-MOST_LATER),
});
