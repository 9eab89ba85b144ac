import { createHmac } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { RunningAlerts } from '../../infra/local/alerts.ts';
import type { CellOptions } from '../../infra/local/run.ts';
import type { Action } from '../../shared/model/message.ts';
import { ACTIONS } from '../../shared/model/message.ts';
import type { Policy } from '../../shared/model/policy.ts';
import { asking } from './asking.ts';
import { openShop } from './shop.ts';
import { withPolicy } from './with-policy.ts';

const CHANNEL = 'C0123456789';

/** Somebody of the security team, who may do everything, and somebody who may do nothing. */
export const PEOPLE = {
  may: { id: 'U0MAYDOALL', username: 'ann' },
  mayNot: { id: 'U0MAYNOTHIN', username: 'eve' },
} as const;

const TEAM = 'T0123456789';

const withPeople = (policy: Policy): Policy => ({
  ...policy,
  people: {
    slackTeam: TEAM,
    may: [{ actions: ACTIONS, slackUsers: [PEOPLE.may.id], slackGroups: [], principals: [] }],
  },
});

/** A button as a message has it. */
interface Button {
  readonly action_id: string;
  readonly value?: string;
}

const buttonsIn = (value: unknown): readonly Button[] => {
  if (Array.isArray(value)) return value.flatMap(buttonsIn);
  if (typeof value !== 'object' || value === null) return [];
  const own = 'action_id' in value && 'value' in value ? [value as Button] : [];
  return [...own, ...Object.values(value).flatMap(buttonsIn)];
};

/** What is posted to the URL of the buttons. */
interface Posting {
  readonly body: string;
  /** Seconds since the epoch. */
  readonly at?: number;
  readonly secret?: string;
}

/** As Slack signs it. */
const post = async ({ buttons, signingSecret }: RunningAlerts, { body, at, secret }: Posting): Promise<number> => {
  const timestamp = String(at ?? Math.floor(Date.now() / 1000));
  const mac = createHmac('sha256', secret ?? signingSecret)
    .update(`v0:${timestamp}:${body}`)
    .digest('hex');
  const response = await fetch(buttons.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${mac}`,
    },
    body,
  });
  return response.status;
};

/** A cell whose people sit in Slack. */
export const openChat = async (options: Partial<CellOptions> = {}) => {
  const folder = await withPolicy(withPeople);
  const cell = await openShop({ bundle: path.join(folder, 'on-change'), alerts: {}, ...options });
  const { alerts } = cell;
  if (alerts === undefined) throw new RangeError('there is no Slack');

  /** A press as Slack's form has it. */
  const form = (action: string, value: string, user: { readonly id: string; readonly username: string }): string => {
    const payload = {
      type: 'block_actions',
      team: { id: TEAM },
      user,
      response_url: alerts.slack.responseUrl(CHANNEL),
      actions: [{ type: 'button', action_id: action, value }],
    };
    return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  };

  /** Presses the button of a message; its status, once all that it set off is done. */
  const press = async (
    action: Action,
    user: { readonly id: string; readonly username: string } = PEOPLE.may,
  ): Promise<number> => {
    const all = alerts.slack.messages.flatMap(({ blocks }) => buttonsIn(blocks));
    const button = all.findLast(({ action_id }) => action_id === action);
    if (button === undefined) throw new RangeError(`no message has a button ${action}`);
    const status = await post(alerts, { body: form(action, button.value ?? '', user) });
    await cell.delivery.drain();
    return status;
  };

  return {
    ...cell,
    ...asking(cell),
    alerts,
    form,
    press,
    post: async (posting: Posting) => await post(alerts, posting),
    /** Messages in the channel, and answers to single people. */
    said: () => alerts.slack.messages.filter(({ by }) => by === 'bot'),
    whispered: () => alerts.slack.messages.filter(({ by }) => by === 'response').map(({ text }) => text),
    close: async () => {
      await cell.close();
      await rm(folder, { recursive: true });
    },
  };
};
