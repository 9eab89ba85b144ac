import { MESSAGE_KINDS, type Message } from '../../../shared/domain/message.ts';
import { type PagerDutyEvent, pagerDutyChannel } from '../../../shared/notifications/channels/pagerduty.ts';
import { channelAdapters } from '../../../shared/notifications/channels/registry.ts';
import type { SlackApi, SlackMessage } from '../../../shared/notifications/channels/slack/api.ts';
import { type RenderSlackMessage, slackChannel } from '../../../shared/notifications/channels/slack/thread.ts';
import { webhookChannel } from '../../../shared/notifications/channels/webhook.ts';
import type { ChannelAdapters } from '../../../shared/notifications/dispatch/channel-worker.ts';

/** A request that a channel got. */
export interface Call {
  readonly what: 'post' | 'update' | 'webhook' | 'pager';
  /** The channel's name in the ledger. */
  readonly to: string;
  /** The text that was sent. */
  readonly says: string;
  readonly ts?: string;
}

/** What the adapters call: Slack, webhooks and PagerDuty. */
export interface ChannelApis {
  readonly slack: SlackApi;
  readonly webhook: (url: string, message: SlackMessage) => Promise<void>;
  readonly pager: (routingKey: string, event: PagerDutyEvent) => Promise<void>;
}

/** Slack, webhooks and PagerDuty that keep the requests they accepted. `before` may throw to refuse one. */
export function fakeChannels(
  before: (call: Call) => void,
  webhooks: Readonly<Record<string, string>> = {},
): { readonly taken: Call[]; readonly apis: ChannelApis } {
  const taken: Call[] = [];
  const take = (call: Call) => {
    before(call);
    taken.push(call);
  };
  const nameOf = (url: string) => Object.keys(webhooks).find((name) => webhooks[name] === url) ?? 'unknown';
  const apis: ChannelApis = {
    slack: {
      async post(channel, { text }, threadTs) {
        take({ what: 'post', to: `slack:${channel}`, says: text, ...(threadTs !== undefined && { ts: threadTs }) });
        return `ts-of ${text}`;
      },
      async update(channel, ts, { text }) {
        take({ what: 'update', to: `slack:${channel}`, says: text, ts });
      },
    },
    async webhook(url, { text }) {
      take({ what: 'webhook', to: `webhook:${nameOf(url)}`, says: text });
    },
    async pager(routingKey, { to, body }) {
      const says = `${to} ${String(body['event_action'])} ${String(body['id'])}`;
      take({ what: 'pager', to: `pagerduty:${routingKey}`, says });
    },
  };
  return { taken, apis };
}

/**
 * The real adapters in front of fake APIs, with messages reduced to their ids. Other channels have no
 * network.
 */
export function adaptersOf({ slack, webhook, pager }: ChannelApis): ChannelAdapters {
  const offline = async () => await Promise.reject(new TypeError('no network'));
  const clock = { now: () => 0, sleep: async () => {}, timeout: () => new AbortController().signal };
  const none = 'https://example.com';
  return {
    ...channelAdapters({ http: { fetch: offline, clock }, slackApi: none, pagerDutyApi: none, hasButtons: true }),
    slack: slackChannel(() => slack, idForSlack),
    webhook: webhookChannel(webhook, idForSlack),
    pagerduty: pagerDutyChannel(pager, idsForPagerDuty),
  };
}

/** `m-1`, or `m-1, then m-2; now m-2` for the first message of a thread in a later state. */
const idForSlack: RenderSlackMessage = ({ id }, state) => {
  const later = state?.later.map(({ headline }) => /\((.*)\)/.exec(headline)?.[1] ?? '') ?? [];
  const text = state === undefined ? id : `${id}, then ${later.join(', ')}; now ${state.newest.id}`;
  return { text, blocks: [{ type: 'section', text: { type: 'plain_text', text } }] };
};

function idsForPagerDuty({ id, thread, urgency, kind }: Message): readonly PagerDutyEvent[] {
  if (urgency === 'call') return [{ to: 'alert', body: { event_action: 'trigger', dedup_key: thread, id } }];
  return MESSAGE_KINDS[kind].incident === 'ends'
    ? [
        { to: 'alert', body: { event_action: 'resolve', dedup_key: thread, id } },
        { to: 'change', body: { id } },
      ]
    : [];
}
