import type { Channel, IncidentState, Thread } from '../../../domain/delivery.ts';
import { ChannelRefused } from '../../../domain/errors.ts';
import type { Message } from '../../../domain/message.ts';
import {
  type ChannelAdapter,
  type ChannelWorker,
  channelName,
  DEFAULT_ENTRY,
  defaultEntry,
  recordWithRetry,
  sendPaced,
} from '../../dispatch/channel-worker.ts';
import type { SlackApi, SlackMessage } from './api.ts';

/**
 * Time without a message after which an incident counts as over, ms. The next message starts a new thread,
 * where people see it.
 */
const THREAD_TTL_MS = 86_400_000;

/** Most later messages that a thread keeps: more than its first message has room for. */
const MAX_LATER = 200;

/**
 * chat.update has its own rate limit (50 or more a minute), for all channels of a workspace.
 *
 * @see https://docs.slack.dev/reference/methods/chat.update
 */
const EDIT_LIMIT = 'slack:edits';

/** Errors of Slack that mean that somebody deleted the first message of the thread. */
const THREAD_GONE: ReadonlySet<string> = new Set(['thread_not_found', 'invalid_thread_ts', 'message_not_found']);

/** How a message looks in Slack; with a state, the first message of an incident in that state. */
export type RenderSlackMessage = (message: Message, state?: IncidentState) => SlackMessage;

/**
 * Slack channels. An incident is one thread: later messages are replies, and its first message is edited to
 * show the current state. If Slack refuses permanently, the default webhook gets the message.
 *
 * @param apiWith Slack's Web API with a bot token.
 */
export function slackChannel(
  apiWith: (botToken: string | undefined) => SlackApi,
  render: RenderSlackMessage,
): ChannelAdapter {
  const threadFor = (worker: ChannelWorker, channel: Channel): SlackThread =>
    new SlackThread(worker, channel, apiWith(worker.secrets.slackBotToken), render);
  return {
    // https://docs.slack.dev/apis/web-api/rate-limits (chat.postMessage: one request a second for each channel)
    intervalMs: 1000,
    defaultName: ({ slackChannel: channelId }) => channelId,
    fallback: (secrets) =>
      defaultEntry(secrets, 'webhook') === undefined ? undefined : { kind: 'webhook', name: DEFAULT_ENTRY },
    async send(worker, channel, message, claim) {
      const slack = threadFor(worker, channel);
      if (claim.kind === 'posted') return await slack.updateFirst(message, claim.thread);
      await slack.send(message, claim.thread);
    },
  };
}

/** The messages of one incident in one Slack channel. */
class SlackThread {
  readonly #worker: ChannelWorker;
  readonly #channel: Channel;
  readonly #api: SlackApi;
  readonly #render: RenderSlackMessage;

  constructor(worker: ChannelWorker, channel: Channel, api: SlackApi, render: RenderSlackMessage) {
    this.#worker = worker;
    this.#channel = channel;
    this.#api = api;
    this.#render = render;
  }

  /**
   * Sends a message as a reply in its thread, or as the first message of a new thread. The reply is recorded
   * before the first message is edited, so that a failed edit does not repeat the reply. Throws CallFailed,
   * ChannelRefused.
   */
  async send(message: Message, known: Thread | undefined): Promise<void> {
    const thread = openThread(known, message);
    if (thread === undefined || !(await this.#reply(message, thread))) return await this.#start(message);
    const next = withMessage(thread, message);
    const { ports, owner } = this.#worker;
    await recordWithRetry(this.#worker, () =>
      ports.deliveries.posted(channelName(this.#channel), message, owner, next),
    );
    await this.updateFirst(message, next);
  }

  /**
   * Edits the first message of a thread after `message` was posted. If Slack refuses that permanently, the
   * first message stays as it was. Throws CallFailed, ChannelRefused (retryable).
   */
  async updateFirst(message: Message, thread: Thread): Promise<void> {
    try {
      const { ts, first, later } = thread;
      const rendered = this.#render(first, { later, newest: newestMessage(thread) });
      const edit = () => this.#api.update(this.#channel.name, ts, rendered);
      await sendPaced(this.#worker, this.#channel, edit, EDIT_LIMIT);
    } catch (error) {
      if (!(error instanceof ChannelRefused) || error.retryable) throw error;
      const channel = channelName(this.#channel);
      this.#worker.ports.journal({ what: 'unedited', message, channel, code: error.code });
    }
    await this.#record(message, thread);
  }

  async #start(message: Message): Promise<void> {
    const ts = await this.#post(message);
    await this.#record(message, { ts, first: message, later: [] });
  }

  /** Returns false if the thread is gone. */
  async #reply(message: Message, { ts }: Thread): Promise<boolean> {
    try {
      await this.#post(message, ts);
      return true;
    } catch (error) {
      if (error instanceof ChannelRefused && THREAD_GONE.has(error.code)) return false;
      throw error;
    }
  }

  async #post(message: Message, threadTs?: string): Promise<string> {
    return await sendPaced(this.#worker, this.#channel, () =>
      this.#api.post(this.#channel.name, this.#render(message), threadTs),
    );
  }

  async #record(message: Message, thread: Thread): Promise<void> {
    const { ports, owner } = this.#worker;
    const channel = channelName(this.#channel);
    await recordWithRetry(this.#worker, () => ports.deliveries.delivered(channel, message, owner, thread));
  }
}

/**
 * The thread that a message continues; undefined if it starts a new one. Compares the messages' own times,
 * because they may be late.
 */
function openThread(thread: Thread | undefined, message: Message): Thread | undefined {
  return thread !== undefined && message.at - lastAt(thread) < THREAD_TTL_MS ? thread : undefined;
}

function lastAt({ first, later }: Thread): number {
  return Math.max(first.at, ...later.map(({ at }) => at));
}

/** A thread with one more message, ordered by time. */
function withMessage(thread: Thread, message: Message): Thread {
  const newest = newestMessage(thread);
  return {
    ts: thread.ts,
    first: thread.first,
    newest: message.at >= newest.at ? message : newest,
    later: [...thread.later, { headline: message.headline, at: message.at }]
      .toSorted((a, b) => a.at - b.at)
      .slice(-MAX_LATER),
  };
}

/** The message that shows the current state: an older message that arrives late does not. */
function newestMessage({ first, newest = first }: Thread): Message {
  return newest;
}
