import type { Thread } from '../../../domain/delivery.ts';
import { ChannelRefused } from '../../../domain/errors.ts';
import type { Message } from '../../../domain/message.ts';
import { type ChannelWorker, recordWithRetry } from '../../dispatch/channel-worker.ts';
import { sendWithRetry } from '../../dispatch/rate-limiter.ts';

/** An incident is over after so much time without a word, ms: what comes then is told in a new thread, where people see it. */
const THREAD_TTL_MS = 86_400_000;

/** Most later messages that are kept: enough for everything that a first message has room for. */
const MAX_LATER = 200;

function lastAt({ first, later }: Thread): number {
  return Math.max(first.at, ...later.map(({ at }) => at));
}

/** The thread that a message goes on with; undefined where it begins one. By the messages' own times: a late one is where it belongs. */
function openThread(thread: Thread | undefined, message: Message): Thread | undefined {
  return thread !== undefined && message.at - lastAt(thread) < THREAD_TTL_MS ? thread : undefined;
}

/** A thread that begins with a message. */
function newThread(ts: string, first: Message): Thread {
  return { ts, first, later: [] };
}

/** How a thread's incident stands: a message that was overtaken says how it stood once, and its buttons are of that time. */
function newestMessage({ first, newest = first }: Thread): Message {
  return newest;
}

/** The newer of two; of the same time, the one that came later. */
function newerOf(before: Message, message: Message): Message {
  return message.at >= before.at ? message : before;
}

/** A thread with one message more; the oldest first, whatever order they come in. */
function withMessage(thread: Thread, message: Message): Thread {
  return {
    ts: thread.ts,
    first: thread.first,
    newest: newerOf(newestMessage(thread), message),
    later: [...thread.later, { headline: message.headline, at: message.at }]
      .toSorted((a, b) => a.at - b.at)
      .slice(-MAX_LATER),
  };
}

/** A Slack channel: its id, and the name that it goes by here. */
export interface SlackTarget {
  readonly id: string;
  readonly name: string;
}

/**
 * Edits have a limit of their own: 50 a minute and more, for all channels of a workspace.
 *
 * @see https://docs.slack.dev/reference/methods/chat.update
 */
const EDITS_LIMIT = 'slack:edits';

/** Slack's words for a first message that is not there any more: somebody has deleted it. */
const THREAD_GONE: ReadonlySet<string> = new Set(['thread_not_found', 'invalid_thread_ts', 'message_not_found']);

async function editFirstMessage({ renderers, slack, pace }: ChannelWorker, { id }: SlackTarget, thread: Thread) {
  const { ts, first, later } = thread;
  const standing = renderers.slack(first, { later, newest: newestMessage(thread) });
  await sendWithRetry(pace, EDITS_LIMIT, async () => await slack.update(id, ts, standing));
}

/**
 * Brings the first message of a thread up to date, after the channel got `message`. Where Slack will not have that, now or ever, it
 * stays as it was: the message itself is there. Throws CallFailed, ChannelRefused where it may have it later.
 */
export async function updateFirstMessage(
  lane: ChannelWorker,
  place: SlackTarget,
  message: Message,
  thread: Thread,
): Promise<void> {
  const { ports, owner } = lane;
  try {
    await editFirstMessage(lane, place, thread);
  } catch (error) {
    if (!(error instanceof ChannelRefused) || error.retryable) throw error;
    ports.journal({ what: 'unedited', message, channel: place.name, code: error.code });
  }
  await recordWithRetry(lane, async () => await ports.deliveries.delivered(place.name, message, owner, thread));
}

async function startThread(lane: ChannelWorker, { id, name }: SlackTarget, message: Message): Promise<void> {
  const { ports, owner, renderers, slack, pace } = lane;
  const ts = await sendWithRetry(pace, name, async () => await slack.post(id, renderers.slack(message)));
  await recordWithRetry(
    lane,
    async () => await ports.deliveries.delivered(name, message, owner, newThread(ts, message)),
  );
}

/** Answers false where the thread is gone. */
async function replyInThread(
  { renderers, slack, pace }: ChannelWorker,
  { id, name }: SlackTarget,
  message: Message,
  { ts }: Thread,
): Promise<boolean> {
  try {
    await sendWithRetry(pace, name, async () => await slack.post(id, renderers.slack(message), ts));
    return true;
  } catch (error) {
    if (error instanceof ChannelRefused && THREAD_GONE.has(error.code)) return false;
    throw error;
  }
}

/**
 * Tells a message in its thread, or begins one with it, and notes it. The reply is noted before the first message is edited, so that an
 * edit that fails posts nothing twice. Throws CallFailed, ChannelRefused.
 */
export async function sendToSlack(
  lane: ChannelWorker,
  place: SlackTarget,
  message: Message,
  known: Thread | undefined,
): Promise<void> {
  const { ports, owner } = lane;
  const thread = openThread(known, message);
  if (thread === undefined || !(await replyInThread(lane, place, message, thread)))
    return await startThread(lane, place, message);
  const next = withMessage(thread, message);
  await recordWithRetry(lane, async () => await ports.deliveries.posted(place.name, message, owner, next));
  await updateFirstMessage(lane, place, message, next);
}
