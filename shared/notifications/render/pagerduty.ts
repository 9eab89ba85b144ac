import type { Severity } from '../../domain/controls/finding.ts';
import type { PagerEvent } from '../../domain/notifications/delivery.ts';
import { MESSAGE_KINDS, type Message, type MessageKind } from '../../domain/notifications/message.ts';
import { clipped } from '../../network/text/clipped.ts';
import { timeText } from '../compose/person.ts';
import { pagerDetails } from './pagerduty-details.ts';

/** @see https://developer.pagerduty.com/docs/events-api-v2/trigger-events/ (summary: 1,024 characters) */
const MOST_SUMMARY = 1024;

/** Of a label by which PagerDuty groups; it names no limit. */
const MOST_LABEL = 255;

/** How many links are told, and how long each may be. */
const LINKS = { most: 10, text: 200, url: 2000 } as const;

const SEVERITIES = { critical: 'critical', high: 'error', medium: 'warning', low: 'info' } as const satisfies Record<
  Severity,
  string
>;

/**
 * Kinds that end an incident and in which nothing changed in the account but what people have decided about it. What else ends one is a
 * success too, and what responders to something else may want to know of as a recent change.
 */
const ONLY_DECIDED: ReadonlySet<MessageKind> = new Set(['released', 'declined', 'budget-resumed']);

const cut = (text: string, most: number): string => clipped(text, most) || '–';

const links = (message: Message) =>
  message.links
    .filter(({ url }) => url.startsWith('https://') && url.length <= LINKS.url)
    .slice(0, LINKS.most)
    .map(({ label, url }) => ({ href: url.toWellFormed(), text: cut(label, LINKS.text) }));

const told = (message: Message) => ({
  summary: cut(message.headline, MOST_SUMMARY),
  source: cut(
    [message.accountAlias ?? message.account, message.region, message.group?.id].filter(Boolean).join('/'),
    MOST_LABEL,
  ),
  timestamp: timeText(message.at),
  custom_details: pagerDetails(message),
});

/** What the budget holds back is one incident of the account, which one word ends. */
const OF_THE_BUDGET: ReadonlySet<MessageKind> = new Set(['held', 'sweep-held', 'budget-resumed']);

/** Names an incident: of one remediation, so that another one's success in the same group does not end it; or of the budget. */
const keyOf = ({ kind, thread, account, remediationId }: Message): string => {
  if (OF_THE_BUDGET.has(kind)) return `${account}/budget`;
  return remediationId === undefined ? thread : `${thread}/${remediationId}`;
};

/** Names an incident of one message, which a person ends. */
const ownKeyOf = ({ thread, id }: Message): string => cut(`${thread}/${id}`, MOST_LABEL);

const trigger = (message: Message, key: string): PagerEvent => ({
  to: 'alert',
  body: {
    event_action: 'trigger',
    dedup_key: key,
    payload: {
      ...told(message),
      severity: SEVERITIES[message.severity],
      component: cut(message.group?.name ?? message.account, MOST_LABEL),
      group: cut(message.owner ?? message.accountAlias ?? message.account, MOST_LABEL),
      class: cut(message.controls[0] ?? message.kind, MOST_LABEL),
    },
    links: links(message),
    client: 'Portcullis',
  },
});

const change = (message: Message): PagerEvent => ({
  to: 'change',
  body: { payload: told(message), links: links(message) },
});

const follow = (action: 'resolve' | 'acknowledge', message: Message): PagerEvent => ({
  to: 'alert',
  body: { event_action: action, dedup_key: keyOf(message) },
});

const withoutIncident = (message: Message): readonly PagerEvent[] => {
  if (message.kind === 'acknowledged') return [follow('acknowledge', message)];
  return message.urgency === 'call' ? [trigger(message, ownKeyOf(message))] : [];
};

/**
 * What PagerDuty is to know of a message, in the order to send it in. What people have something to do about is an alert; what ends it resolves that alert, and is a change, which never pages, where something was changed. A resolve of what was never
 * triggered does nothing: PagerDuty drops it.
 *
 * None for what is only told: nothing was changed by it, and nobody has to get up (`open`, `not-granted`, the four of exemptions that run
 * out or do not count, the daily digest). A message that calls people though its kind only informs is an alert of its own, which a person
 * ends: a storm in which something waits for people, an exemption of every group.
 *
 * @see https://developer.pagerduty.com/docs/events-api-v2/trigger-events/ (alert de-duplication, event action behaviour)
 * @see https://developer.pagerduty.com/docs/events-api-v2/send-change-events/
 */
export const pagerDutyEvents = (message: Message): readonly PagerEvent[] => {
  const { incident } = MESSAGE_KINDS[message.kind];
  switch (incident) {
    case 'begins':
      return [trigger(message, keyOf(message))];
    case 'ends':
      return [
        follow('resolve', message),
        ...(ONLY_DECIDED.has(message.kind) ? [] : [change(message)]),
        ...(message.urgency === 'call' ? [trigger(message, ownKeyOf(message))] : []),
      ];
    case 'none':
      return withoutIncident(message);
    default:
      return incident satisfies never;
  }
};
