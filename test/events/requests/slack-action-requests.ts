/** An id with the form of a remediation id. */
export const ID = '01h455vb4pex5vsknk084sn02q';

/** The payload that Slack posts for a button. `more` replaces parts of it. */
export function payload(more: Readonly<Record<string, unknown>> = {}) {
  return {
    type: 'block_actions',
    user: { id: 'U0123ANN', username: 'ann', name: 'ann', team_id: 'T0123' },
    api_app_id: 'A0123',
    token: 'never read',
    container: { type: 'message', message_ts: '1548261231.000200', channel_id: 'C0123', is_ephemeral: false },
    trigger_id: '12321423423.333649436676.d8c1bb837935619ccad0f624c448ffb3',
    team: { id: 'T0123', domain: 'shop' },
    channel: { id: 'C0123', name: 'alerts' },
    response_url: 'https://hooks.slack.com/actions/T0123/1232321423432/D09sSasdasdAS9091209',
    actions: [
      {
        action_id: 'restore',
        block_id: 'b',
        text: { type: 'plain_text', text: 'Restore', emoji: true },
        value: ID,
        type: 'button',
        action_ts: '1777636799.840180',
      },
    ],
    ...more,
  };
}

/** A payload as the body of a form. */
export function formOf(value: unknown): string {
  return new URLSearchParams({ payload: typeof value === 'string' ? value : JSON.stringify(value) }).toString();
}
