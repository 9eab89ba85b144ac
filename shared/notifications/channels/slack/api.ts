import type { ActionReplies } from '../../../domain/action.ts';
import { ChannelRefused } from '../../../domain/errors.ts';
import { escapeSlackText } from '../../../domain/message.ts';
import type { Http } from '../../../domain/runtime.ts';
import { type HttpReply, post } from '../http.ts';

/**
 * The body of `chat.postMessage` without the channel: blocks, and the text for notifications and screen
 * readers.
 */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly Readonly<Record<string, unknown>>[];
}

/** Slack's Web API with a bot token. Throws ChannelRefused. */
export interface SlackApi {
  /** Posts a message, with `threadTs` as a reply to that message, and returns its `ts`. */
  post(channelId: string, message: SlackMessage, threadTs?: string): Promise<string>;
  /** Replaces a message. */
  update(channelId: string, ts: string, message: SlackMessage): Promise<void>;
}

/** How Slack is called. */
export interface SlackAccess extends Http {
  /** Such as `https://slack.com/api`. */
  readonly api: string;
  /** `xoxb-…`. Without a token every call is refused. */
  readonly botToken: string | undefined;
}

const CHANNEL_NAME = 'slack';

/**
 * Slack through its Web API. Links are not unfurled, because a message contains names that strangers chose. A
 * ChannelRefused has Slack's error code, and never the token.
 *
 * @see https://docs.slack.dev/reference/methods/chat.postMessage
 * @see https://docs.slack.dev/reference/methods/chat.update
 */
export function slackApi(access: SlackAccess): SlackApi {
  const call = slackCaller(access);
  return {
    async post(channel, { text, blocks }, threadTs) {
      const thread = threadTs === undefined ? {} : { thread_ts: threadTs };
      const noUnfurl = { unfurl_links: false, unfurl_media: false };
      const { ts } = await call('chat.postMessage', { channel, text, blocks, ...thread, ...noUnfurl });
      if (typeof ts !== 'string') throw new ChannelRefused(CHANNEL_NAME, 'unreadable_answer', true);
      return ts;
    },
    async update(channel, ts, { text, blocks }) {
      // Unlike chat.postMessage, chat.update parses links and names by default.
      await call('chat.update', { channel, ts, text, blocks, parse: 'none', link_names: false });
    },
  };
}

/**
 * Calls a method of the Web API with JSON, or with a form if the body is `URLSearchParams`. Throws
 * ChannelRefused.
 */
export function slackCaller({ api, botToken, ...http }: SlackAccess) {
  return async (method: string, body: object): Promise<SlackResponse> => {
    if (botToken === undefined) throw new ChannelRefused(CHANNEL_NAME, 'no_bot_token', false);
    const headers = { authorization: `Bearer ${botToken}` };
    return checkResponse(await post(http, { channel: CHANNEL_NAME, url: `${api}/${method}`, headers, body }));
  };
}

/** A response of Slack, not validated yet. */
interface SlackResponse {
  readonly ok?: unknown;
  readonly error?: unknown;
  readonly ts?: unknown;
  readonly users?: unknown;
}

/**
 * Errors in a response of status 200 after which the same call may succeed.
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

function checkResponse(reply: HttpReply): SlackResponse {
  const response = parseResponse(reply);
  if (response.ok === true) return response;
  const { error } = response;
  const code = typeof error === 'string' && /^[a-z_]{1,60}$/.test(error) ? error : 'unknown';
  throw new ChannelRefused(CHANNEL_NAME, code, RETRYABLE_ERRORS.has(code));
}

/** A body that is not JSON comes from a proxy in front of Slack. */
function parseResponse({ text }: HttpReply): SlackResponse {
  try {
    const response: unknown = JSON.parse(text);
    if (typeof response === 'object' && response !== null) return response;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new ChannelRefused(CHANNEL_NAME, 'unreadable_answer', true);
}

/**
 * Longest text of a block, characters.
 *
 * @see https://docs.slack.dev/reference/block-kit/blocks/section-block
 */
const MAX_BLOCK_TEXT = 3000;

/**
 * Replies to a button press at its `response_url`, which accepts five replies within 30 minutes. Only the
 * person who pressed sees the reply. It is plain text, so Slack interprets nothing in it.
 *
 * @see https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
 */
export function slackReplies(http: Http): ActionReplies {
  return {
    async reply(responseUrl, line) {
      const text = line.length <= MAX_BLOCK_TEXT ? line : `${line.slice(0, MAX_BLOCK_TEXT - 1).toWellFormed()}…`;
      const block = { type: 'section', text: { type: 'plain_text', text, emoji: false } };
      // Slack shows `text` where it cannot show blocks, such as in notifications, and interprets `<` there.
      const fallback = escapeSlackText(text);
      const body = { response_type: 'ephemeral', replace_original: false, text: fallback, blocks: [block] };
      await post(http, { channel: 'slack response', url: responseUrl, body });
    },
  };
}
