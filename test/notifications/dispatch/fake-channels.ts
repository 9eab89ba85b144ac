import type { PagerDuty, Slack, SlackMessage } from '../../../shared/domain/delivery.ts';

/** A call that a channel got. */
export interface Call {
  readonly what: 'post' | 'update' | 'webhook' | 'pager';
  /** As it is known in the record, but for edits, which have none. */
  readonly to: string;
  /** The text of what was sent. */
  readonly says: string;
  readonly ts?: string;
}

/** Slack, webhooks and PagerDuty that take down what they took. `before` may throw in place of taking a call. */
export interface FakeChannels {
  readonly taken: Call[];
  readonly slack: (botToken: string | undefined) => Slack;
  readonly pager: PagerDuty;
}

export function fakeChannels(before: (call: Call) => void, webhooks: Readonly<Record<string, string>>): FakeChannels {
  const taken: Call[] = [];
  const take = (call: Call) => {
    before(call);
    taken.push(call);
  };
  const nameOf = (url: string) => Object.keys(webhooks).find((name) => webhooks[name] === url) ?? 'unknown';
  const slack: Slack = {
    async post(channel, { text }: SlackMessage, threadTs) {
      take({ what: 'post', to: `slack:${channel}`, says: text, ...(threadTs !== undefined && { ts: threadTs }) });
      return `ts-of ${text}`;
    },
    async update(channel, ts, { text }) {
      take({ what: 'update', to: `slack:${channel}`, says: text, ts });
    },
    async webhook(url, { text }) {
      take({ what: 'webhook', to: `webhook:${nameOf(url)}`, says: text });
    },
  };
  return {
    taken,
    slack: () => slack,
    pager: {
      async send(routingKey, { to, body }) {
        take({
          what: 'pager',
          to: `pagerduty:${routingKey}`,
          says: `${to} ${String(body['event_action'])} ${String(body['id'])}`,
        });
      },
    },
  };
}
