import type { Command } from '../domain/requests/command.ts';
import type { Person } from '../domain/requests/person.ts';
import type { Press } from '../domain/requests/press.ts';

/** How long the leave of a button runs, days. */
const LEAVE_DAYS = 1;

/** Whoever pressed, on the record: Slack's id beside the name, which people may choose. */
const personOf = ({ by }: Press): Person => ({
  name: by.user === undefined ? by.name : `${by.name} (${by.user})`,
  through: 'button',
  ...(by.user !== undefined && { slackUser: by.user }),
});

const PLACES = { slack: 'Slack', 'amazon-q': 'Amazon Q' } as const satisfies Record<Press['by']['through'], string>;

/** What the function that grants is asked for by a press. The same press asks for the same, so that it knows a second try. */
export const commandFor = (press: Press): Command => {
  const { action, remediationId: id, by: presser } = press;
  const by = personOf(press);
  const request = { id, by, reason: `button in ${PLACES[presser.through]}: ${action}` };
  switch (action) {
    case 'restore':
      return { do: 'restore', dryRun: false, ...request };
    case 'exempt':
      return { do: 'leave-open', terms: { days: LEAVE_DAYS, owner: by.name }, ...request };
    case 'approve':
      return { do: 'release', ...request };
    case 'decline':
      return { do: 'decline', ...request };
    case 'acknowledge':
      return { do: 'acknowledge', ...request };
    default:
      return action satisfies never;
  }
};
