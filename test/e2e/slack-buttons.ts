import { createHmac } from 'node:crypto';
import type { RunningAlerts } from '../../infra/local/cell/alerts.ts';
import type { RunningCell } from '../../infra/local/cell/run-cell.ts';
import { formOf, payload } from '../events/requests/slack-action-requests.ts';

const CHANNEL = 'C0123456789';

/** The Slack workspace. */
export const TEAM = 'T0123';

/** A button press. Default: by a member of the user group. */
export interface ButtonPress {
  readonly action?: string;
  readonly user?: string;
  readonly team?: string;
}

/** How a press is signed. Default: as Slack does, with the current time. */
export interface SigningOptions {
  readonly secret?: string;
  /** Milliseconds since the epoch. */
  readonly at?: number;
}

/** Imitates Slack's calls when somebody presses a button, for a cell with alerts. */
export function slackButtons(running: () => Pick<RunningCell, 'local' | 'alerts'>) {
  const alerts = (): RunningAlerts => {
    const found = running().alerts;
    if (found === undefined) throw new Error('the cell runs without alerts');
    return found;
  };
  const now = (): number => running().local.clock.now();

  /** The form that Slack posts, with the local Slack's address for the answer. */
  const formFor = (id: string, { action = 'exempt', user = 'U0ANN', team = TEAM }: ButtonPress = {}): string =>
    formOf(
      payload({
        team: { id: team },
        user: { id: user, username: user.toLowerCase() },
        response_url: alerts().slack.responseUrl(CHANNEL),
        actions: [{ action_id: action, value: id, type: 'button', action_ts: (now() / 1000).toFixed(6) }],
      }),
    );

  const signed = (body: string, { secret = alerts().signingSecret, at = now() }: SigningOptions = {}) => {
    const time = String(Math.floor(at / 1000));
    return {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': time,
      'x-slack-signature': `v0=${createHmac('sha256', secret).update(`v0:${time}:${body}`).digest('hex')}`,
    };
  };

  const post = async (body: string, headers: Record<string, string>) => {
    const { fetch } = running().local.network.connect();
    const response = await fetch(alerts().buttons.url, { method: 'POST', headers, body });
    return { status: response.status, text: await response.text() };
  };

  return { formFor, signed, post, slack: () => alerts().slack };
}
