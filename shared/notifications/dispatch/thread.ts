import type { Thread } from '../../domain/notifications/delivery.ts';
import type { Message } from '../../domain/notifications/message.ts';

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

/** How a thread's incident stands: a message that was overtaken says how it stood once, and its buttons are of that time. */
export const newestOf = ({ first, newest = first }: Thread): Message => newest;

/** The newer of two; of the same time, the one that came later. */
const newer = (before: Message, message: Message): Message => (message.at >= before.at ? message : before);

/** A thread with one message more; the oldest first, whatever order they come in. */
export const withLater = (thread: Thread, message: Message): Thread => ({
  ts: thread.ts,
  first: thread.first,
  newest: newer(newestOf(thread), message),
  later: [...thread.later, { headline: message.headline, at: message.at }]
    .toSorted((a, b) => a.at - b.at)
    .slice(-MOST_LATER),
});
