import { ChannelRefused } from '../../domain/errors.ts';
import type { Slack } from '../../domain/notifications/delivery.ts';
import type { Http } from '../../domain/ports.ts';
import { post, type Reply } from './http.ts';
import { webhook } from './webhook.ts';

/** How Slack is called. */
export interface SlackAccess extends Http {
  /** Such as `https://slack.com/api`. */
  readonly api: string;
  /** `xoxb-…`. Without one, only webhooks can be posted to. */
  readonly botToken: string | undefined;
}

const CHANNEL = 'slack';

/**
 * Errors of an answer with status 200 after which the same call may succeed.
 *
 * @see https://docs.slack.dev/reference/methods/chat.postMessage
 */
const FOR_NOW: ReadonlySet<string> = new Set([
  'ratelimited',
  'rate_limited',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
]);

/** What Slack answers, of which nothing is believed yet. */
interface Answer {
  readonly ok?: unknown;
  readonly error?: unknown;
  readonly ts?: unknown;
  readonly users?: unknown;
}

/** What is not Slack's JSON comes from something before it, such as a proxy. */
const parsed = ({ text }: Reply): Answer => {
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer === 'object' && answer !== null) return answer;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new ChannelRefused(CHANNEL, 'unreadable_answer', true);
};

const accepted = (reply: Reply): Answer => {
  const answer = parsed(reply);
  if (answer.ok === true) return answer;
  const code = typeof answer.error === 'string' && /^[a-z_]{1,60}$/.test(answer.error) ? answer.error : 'unknown';
  throw new ChannelRefused(CHANNEL, code, FOR_NOW.has(code));
};

/** Calls a method of the Web API with JSON or, as `URLSearchParams`, a form. Throws ChannelRefused with Slack's own word. */
export const slackCaller =
  ({ api, botToken, ...http }: SlackAccess) =>
  async (method: string, body: object): Promise<Answer> => {
    if (botToken === undefined) throw new ChannelRefused(CHANNEL, 'no_bot_token', false);
    const headers = { authorization: `Bearer ${botToken}` };
    return accepted(await post(http, { channel: CHANNEL, url: `${api}/${method}`, headers, body }));
  };

/**
 * Slack through its Web API. Links are not unfurled: a message holds names that others chose. Refusals come as ChannelRefused with
 * Slack's own word, and never hold the token or a webhook's address.
 *
 * @see https://docs.slack.dev/reference/methods/chat.postMessage
 * @see https://docs.slack.dev/reference/methods/chat.update
 */
export const slack = (access: SlackAccess): Slack => {
  const call = slackCaller(access);
  return {
    async post(channel, { text, blocks }, threadTs) {
      const thread = threadTs === undefined ? {} : { thread_ts: threadTs };
      const quiet = { unfurl_links: false, unfurl_media: false };
      const { ts } = await call('chat.postMessage', { channel, text, blocks, ...thread, ...quiet });
      if (typeof ts !== 'string') throw new ChannelRefused(CHANNEL, 'unreadable_answer', true);
      return ts;
    },
    async update(channel, ts, { text, blocks }) {
      // Unlike a new message, an edited one is searched for links and names unless told otherwise.
      await call('chat.update', { channel, ts, text, blocks, parse: 'none', link_names: false });
    },
    webhook: webhook(access),
  };
};
