import type { Slack } from '../../domain/delivery.ts';
import type { Http } from '../../domain/runtime.ts';
import { post } from './http.ts';

/**
 * Posts to an incoming webhook of Slack, or to whatever takes the same JSON. It answers `ok`, or a status and a word such as
 * `channel_is_archived`.
 *
 * @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 */
export function webhook(http: Http): Slack['webhook'] {
  return async (url, { text, blocks }) => {
    await post(http, { channel: 'webhook', url, body: { text, blocks } });
  };
}
