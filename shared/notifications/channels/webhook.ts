import type { Message } from '../../domain/message.ts';
import type { Http } from '../../domain/runtime.ts';
import { type ChannelAdapter, defaultEntry, recordDelivered, secretOf, sendPaced } from '../dispatch/channel-worker.ts';
import { post } from './http.ts';
import type { SlackMessage } from './slack/api.ts';

/** Posts to the address of an incoming webhook. Throws ChannelRefused. */
export type PostToWebhook = (url: string, message: SlackMessage) => Promise<void>;

/**
 * Incoming webhooks of Slack, or of anything that accepts the same JSON. One of them is the default only if
 * Slack has no channel.
 */
export function webhookChannel(postTo: PostToWebhook, render: (message: Message) => SlackMessage): ChannelAdapter {
  return {
    // https://docs.slack.dev/apis/web-api/rate-limits (incoming webhooks: one request a second)
    intervalMs: 1000,
    defaultName: (secrets) => (secrets.slackChannel === undefined ? defaultEntry(secrets, 'webhook') : undefined),
    async send(worker, channel, message) {
      const url = secretOf(worker, channel);
      await sendPaced(worker, channel, () => postTo(url, render(message)));
      await recordDelivered(worker, channel, message);
    },
  };
}

/**
 * Posts to an incoming webhook. It answers `ok`, or an error status with a code such as
 * `channel_is_archived`.
 *
 * @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 */
export function webhookPoster(http: Http): PostToWebhook {
  return async (url, { text, blocks }) => {
    await post(http, { channel: 'webhook', url, body: { text, blocks } });
  };
}
