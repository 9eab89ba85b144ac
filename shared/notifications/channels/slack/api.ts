import type { ActionReplies } from '../../../domain/action.ts';
import type { Slack } from '../../../domain/delivery.ts';
import { ChannelRefused } from '../../../domain/errors.ts';
import { escapeSlackText } from '../../../domain/message.ts';
import type { Http } from '../../../domain/runtime.ts';
import { type HttpReply, post } from '../http.ts';
import { webhook } from '../webhook.ts';

/** How Slack is called. */
export interface SlackAccess extends Http {
  /** Such as `https://slack.com/api`. */
  readonly api: string;
  /** `xoxb-…`. Without one, only webhooks can be posted to. */
  readonly botToken: string | undefined;
}

const CHANNEL_NAME = 'slack';

/**
 * Errors of an answer with status 200 after which the same call may succeed.
 *
 * @see https://docs.slack.dev/reference/methods/chat.postMessage
 */
const RETRYABLE_ERRORS: ReadonlySet<string> = new Set([
  'ratelimited',
  'rate_limited',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
]);

/** What Slack answers, of which nothing is believed yet. */
interface SlackResponse {
  readonly ok?: unknown;
  readonly error?: unknown;
  readonly ts?: unknown;
  readonly users?: unknown;
}

/** What is not Slack's JSON comes from something before it, such as a proxy. */
function parseResponse({ text }: HttpReply): SlackResponse {
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer === 'object' && answer !== null) return answer;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new ChannelRefused(CHANNEL_NAME, 'unreadable_answer', true);
}

function checkResponse(reply: HttpReply): SlackResponse {
  const answer = parseResponse(reply);
  if (answer.ok === true) return answer;
  const code = typeof answer.error === 'string' && /^[a-z_]{1,60}$/.test(answer.error) ? answer.error : 'unknown';
  throw new ChannelRefused(CHANNEL_NAME, code, RETRYABLE_ERRORS.has(code));
}

/** Calls a method of the Web API with JSON or, as `URLSearchParams`, a form. Throws ChannelRefused with Slack's own word. */
export function slackCaller({ api, botToken, ...http }: SlackAccess) {
  return async (method: string, body: object): Promise<SlackResponse> => {
    if (botToken === undefined) throw new ChannelRefused(CHANNEL_NAME, 'no_bot_token', false);
    const headers = { authorization: `Bearer ${botToken}` };
    return checkResponse(await post(http, { channel: CHANNEL_NAME, url: `${api}/${method}`, headers, body }));
  };
}

/**
 * Slack through its Web API. Links are not unfurled: a message holds names that others chose. Refusals come as ChannelRefused with
 * Slack's own word, and never hold the token or a webhook's address.
 *
 * @see https://docs.slack.dev/reference/methods/chat.postMessage
 * @see https://docs.slack.dev/reference/methods/chat.update
 */
export function slackApi(access: SlackAccess): Slack {
  const call = slackCaller(access);
  return {
    async post(channel, { text, blocks }, threadTs) {
      const thread = threadTs === undefined ? {} : { thread_ts: threadTs };
      const quiet = { unfurl_links: false, unfurl_media: false };
      const { ts } = await call('chat.postMessage', { channel, text, blocks, ...thread, ...quiet });
      if (typeof ts !== 'string') throw new ChannelRefused(CHANNEL_NAME, 'unreadable_answer', true);
      return ts;
    },
    async update(channel, ts, { text, blocks }) {
      // Unlike a new message, an edited one is searched for links and names unless told otherwise.
      await call('chat.update', { channel, ts, text, blocks, parse: 'none', link_names: false });
    },
    webhook: webhook(access),
  };
}

/** Longest text of a block, characters. @see https://docs.slack.dev/reference/block-kit/blocks/section-block */
const MAX_BLOCK_TEXT = 3000;

/** No part of a pair of surrogates is left over. */
function truncateAnswer(line: string): string {
  return line.length <= MAX_BLOCK_TEXT ? line : `${line.slice(0, MAX_BLOCK_TEXT - 1).toWellFormed()}…`;
}

/**
 * Answers at a response_url, which takes five of them within 30 minutes: below the message that was pressed, for the one who pressed
 * alone, and in plain text, in which nothing is interpreted.
 *
 * @see https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
 */
export function slackAnswers(http: Http): ActionReplies {
  return {
    async reply(responseUrl, line) {
      const text = truncateAnswer(line);
      const block = { type: 'section', text: { type: 'plain_text', text, emoji: false } };
      // What Slack shows where it cannot show blocks, as in a notification: there `<` begins a mention.
      const body = {
        response_type: 'ephemeral',
        replace_original: false,
        text: escapeSlackText(text),
        blocks: [block],
      };
      await post(http, { channel: 'slack response', url: responseUrl, body });
    },
  };
}
