import { ChannelRefused } from '../../domain/errors.ts';
import type { Thread } from '../../domain/notifications/delivery.ts';
import type { Message } from '../../domain/notifications/message.ts';
import { attempt } from './attempt.ts';
import type { Lane } from './cell.ts';
import { noted } from './claim.ts';
import { begun, continued, newestOf, withLater } from './thread.ts';

/** A Slack channel: its id, and the name that it goes by here. */
export interface Place {
  readonly id: string;
  readonly name: string;
}

/**
 * Edits have a limit of their own: 50 a minute and more, for all channels of a workspace.
 *
 * @see https://docs.slack.dev/reference/methods/chat.update
 */
const EDITS = 'slack:edits';

/** Slack's words for a first message that is not there any more: somebody has deleted it. */
const GONE: ReadonlySet<string> = new Set(['thread_not_found', 'invalid_thread_ts', 'message_not_found']);

const edit = async ({ renderers, slack, pace }: Lane, { id }: Place, thread: Thread) => {
  const { ts, first, later } = thread;
  const standing = renderers.slack(first, { later, now: newestOf(thread) });
  await attempt(pace, EDITS, async () => await slack.update(id, ts, standing));
};

/**
 * Brings the first message of a thread up to date, after the channel got `message`. Where Slack will not have that, now or ever, it
 * stays as it was: the message itself is there. Throws CallFailed, ChannelRefused where it may have it later.
 */
export const bringUpToDate = async (lane: Lane, place: Place, message: Message, thread: Thread): Promise<void> => {
  const { ports, owner } = lane;
  try {
    await edit(lane, place, thread);
  } catch (error) {
    if (!(error instanceof ChannelRefused) || error.retryable) throw error;
    ports.journal({ what: 'unedited', message, channel: place.name, code: error.code });
  }
  await noted(lane, async () => await ports.deliveries.delivered(place.name, message, owner, thread));
};

const begin = async (lane: Lane, { id, name }: Place, message: Message): Promise<void> => {
  const { ports, owner, renderers, slack, pace } = lane;
  const ts = await attempt(pace, name, async () => await slack.post(id, renderers.slack(message)));
  await noted(lane, async () => await ports.deliveries.delivered(name, message, owner, begun(ts, message)));
};

/** Answers false where the thread is gone. */
const reply = async (
  { renderers, slack, pace }: Lane,
  { id, name }: Place,
  message: Message,
  { ts }: Thread,
): Promise<boolean> => {
  try {
    await attempt(pace, name, async () => await slack.post(id, renderers.slack(message), ts));
    return true;
  } catch (error) {
    if (error instanceof ChannelRefused && GONE.has(error.code)) return false;
    throw error;
  }
};

/**
 * Tells a message in its thread, or begins one with it, and notes it. The reply is noted before the first message is edited, so that an
 * edit that fails posts nothing twice. Throws CallFailed, ChannelRefused.
 */
export const toSlack = async (lane: Lane, place: Place, message: Message, known: Thread | undefined): Promise<void> => {
  const { ports, owner } = lane;
  const thread = continued(known, message);
  if (thread === undefined || !(await reply(lane, place, message, thread))) return await begin(lane, place, message);
  const next = withLater(thread, message);
  await noted(lane, async () => await ports.deliveries.posted(place.name, message, owner, next));
  await bringUpToDate(lane, place, message, next);
};
