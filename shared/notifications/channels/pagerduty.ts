import type { Severity } from '../../domain/finding.ts';
import { type Listing, MESSAGE_KINDS, type Message, type MessageKind } from '../../domain/message.ts';
import type { Http } from '../../domain/runtime.ts';
import { sanitize, truncate } from '../../network/format.ts';
import { omittedLines, timeText } from '../compose/text.ts';
import { type ChannelAdapter, defaultEntry, recordDelivered, secretOf, sendPaced } from '../dispatch/channel-worker.ts';
import { post } from './http.ts';
import { fitLines } from './text.ts';

/**
 * An event of PagerDuty's Events API v2 without its routing key. An `alert` may page, a `change` never does.
 */
export interface PagerDutyEvent {
  readonly to: 'alert' | 'change';
  readonly body: Readonly<Record<string, unknown>>;
}

/** Sends an event to the service of a routing key. Throws ChannelRefused. */
export type SendToPagerDuty = (routingKey: string, event: PagerDutyEvent) => Promise<void>;

/**
 * PagerDuty services. A message becomes several events, sent in order. If the second event fails, the retry
 * repeats the first one, which changes nothing in PagerDuty.
 */
export function pagerDutyChannel(
  sendEvent: SendToPagerDuty,
  render: (message: Message) => readonly PagerDutyEvent[],
): ChannelAdapter {
  return {
    // PagerDuty accepts about 120 events a minute for each routing key.
    intervalMs: 1000,
    defaultName: (secrets) => defaultEntry(secrets, 'pagerduty'),
    concerns: (message) => render(message).length > 0,
    async send(worker, channel, message) {
      const key = secretOf(worker, channel);
      for (const event of render(message)) await sendPaced(worker, channel, () => sendEvent(key, event));
      await recordDelivered(worker, channel, message);
    },
  };
}

const PATHS = { alert: '/v2/enqueue', change: '/v2/change/enqueue' } as const satisfies Record<
  PagerDutyEvent['to'],
  string
>;

/**
 * PagerDuty's Events API v2. It answers 202 for an accepted event, 400 for an invalid event and 429 for too
 * many events. A ChannelRefused never contains the routing key.
 *
 * @param api `https://events.pagerduty.com` or the European service.
 * @see https://developer.pagerduty.com/docs/events-api-v2-overview
 */
export function pagerDutySender(api: string, http: Http): SendToPagerDuty {
  return async (routingKey, { to, body }) => {
    const withKey = { ...body, routing_key: routingKey };
    await post(http, { channel: 'pagerduty', url: `${api}${PATHS[to]}`, body: withKey });
  };
}

/** @see https://developer.pagerduty.com/docs/events-api-v2/trigger-events/ (summary: 1,024 characters) */
const MAX_SUMMARY = 1024;

/** Most characters of a label by which PagerDuty groups. PagerDuty documents no limit. */
const MAX_LABEL = 255;

/** Most links, and most characters of each. */
const LINK_LIMITS = { most: 10, text: 200, url: 2000 } as const;

const SEVERITIES = { critical: 'critical', high: 'error', medium: 'warning', low: 'info' } as const satisfies Record<
  Severity,
  string
>;

/**
 * Kinds that end an incident by a decision, without a change in the account. Other messages that end an
 * incident are also change events, because responders to another incident may want to know recent changes.
 */
const ONLY_DECIDED: ReadonlySet<MessageKind> = new Set(['released', 'declined', 'budget-resumed']);

function truncateField(text: string, most: number): string {
  return truncate(text, most) || '–';
}

function eventLinks(message: Message) {
  return message.links
    .filter(({ url }) => url.startsWith('https://') && url.length <= LINK_LIMITS.url)
    .slice(0, LINK_LIMITS.most)
    .map(({ label, url }) => ({ href: url.toWellFormed(), text: truncateField(label, LINK_LIMITS.text) }));
}

function commonPayload(message: Message) {
  return {
    summary: truncateField(message.headline, MAX_SUMMARY),
    source: truncateField(
      [message.accountAlias ?? message.account, message.region, message.group?.id].filter(Boolean).join('/'),
      MAX_LABEL,
    ),
    timestamp: timeText(message.at),
    custom_details: customDetails(message),
  };
}

/** Messages about the budget belong to one incident of the account. */
const BUDGET_KINDS: ReadonlySet<MessageKind> = new Set(['held', 'sweep-held', 'budget-resumed']);

/**
 * Key of an incident: of one remediation, so that the success of another one in the same group does not end
 * it, or of the budget.
 */
function dedupKey({ kind, thread, account, remediationId }: Message): string {
  if (BUDGET_KINDS.has(kind)) return `${account}/budget`;
  return remediationId === undefined ? thread : `${thread}/${remediationId}`;
}

/** Key of an incident that only a person ends. */
function messageDedupKey({ thread, id }: Message): string {
  return truncateField(`${thread}/${id}`, MAX_LABEL);
}

function triggerEvent(message: Message, key: string): PagerDutyEvent {
  return {
    to: 'alert',
    body: {
      event_action: 'trigger',
      dedup_key: key,
      payload: {
        ...commonPayload(message),
        severity: SEVERITIES[message.severity],
        component: truncateField(message.group?.name ?? message.account, MAX_LABEL),
        group: truncateField(message.owner ?? message.accountAlias ?? message.account, MAX_LABEL),
        class: truncateField(message.controls[0] ?? message.kind, MAX_LABEL),
      },
      links: eventLinks(message),
      client: 'Portcullis',
    },
  };
}

function changeEvent(message: Message): PagerDutyEvent {
  return {
    to: 'change',
    body: { payload: commonPayload(message), links: eventLinks(message) },
  };
}

function updateEvent(action: 'resolve' | 'acknowledge', message: Message): PagerDutyEvent {
  return {
    to: 'alert',
    body: { event_action: action, dedup_key: dedupKey(message) },
  };
}

function eventsOutsideIncidents(message: Message): readonly PagerDutyEvent[] {
  if (message.kind === 'acknowledged') return [updateEvent('acknowledge', message)];
  return message.urgency === 'call' ? [triggerEvent(message, messageDedupKey(message))] : [];
}

/**
 * The events of a message, in order. A message that needs a person triggers an alert. A message that ends an
 * incident resolves the alert and, if something changed in the account, adds a change event, which never
 * pages. PagerDuty ignores a resolve event without an alert.
 *
 * A message that only informs has no events. If such a kind of message calls people (a burst with an outcome
 * that waits for a person, an exemption of every group), it triggers an alert that only a person ends.
 *
 * @see https://developer.pagerduty.com/docs/events-api-v2/trigger-events/ (alert de-duplication, event action behaviour)
 * @see https://developer.pagerduty.com/docs/events-api-v2/send-change-events/
 */
export function pagerDutyEvents(message: Message): readonly PagerDutyEvent[] {
  const { incident } = MESSAGE_KINDS[message.kind];
  switch (incident) {
    case 'begins':
      return [triggerEvent(message, dedupKey(message))];
    case 'ends':
      return [
        updateEvent('resolve', message),
        ...(ONLY_DECIDED.has(message.kind) ? [] : [changeEvent(message)]),
        ...(message.urgency === 'call' ? [triggerEvent(message, messageDedupKey(message))] : []),
      ];
    case 'none':
      return eventsOutsideIncidents(message);
    default:
      return incident satisfies never;
  }
}

/**
 * Most entries of each part, and most characters of each: together 102,000 characters of at most three bytes
 * (or two, escaped for JSON), which is less than the 512 KB that PagerDuty accepts.
 *
 * @see https://developer.pagerduty.com/docs/events-api-v2/overview/ (size limits)
 */
const DETAIL_LIMITS = {
  facts: 30,
  reasons: 20,
  remarks: 20,
  ways: 20,
  label: 100,
  text: 600,
  listings: 8,
  lines: 5000,
} as const;

function truncateDetail(text: string, most: number = DETAIL_LIMITS.text): string {
  return truncate(text, most);
}

/** PagerDuty shows details as a table with unique labels, so texts with the same label share a cell. */
function detailTable(rows: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  const cells = new Map<string, string>();
  for (const [label, text] of rows) {
    const before = cells.get(label);
    cells.set(label, before === undefined ? text : `${before}\n${text}`);
  }
  return Object.fromEntries(cells);
}

function listingRow({ title, lines, omitted = 0 }: Listing, remediationId?: string): readonly [string, string] {
  const room = { all: DETAIL_LIMITS.lines, line: DETAIL_LIMITS.text, lengthOf: (text: string) => text.length };
  const fitted = fitLines(
    lines.map((line) => sanitize(line.toWellFormed())),
    room,
  );
  return [
    truncateDetail(title, DETAIL_LIMITS.label),
    [...fitted.lines, ...omittedLines(fitted.omitted + omitted, remediationId)].join('\n'),
  ];
}

/** The account, unless a fact names it. */
function accountRow({ facts, accountAlias, account }: Message): readonly (readonly [string, string])[] {
  return facts.some(({ text }) => text.includes(account))
    ? []
    : [['Account', truncateDetail([accountAlias, account].filter(Boolean).join(' '), DETAIL_LIMITS.label)]];
}

/** The parts of a message below its headline, by label. */
function customDetails(message: Message): Readonly<Record<string, string>> {
  return detailTable([
    ...accountRow(message),
    ...message.facts
      .slice(0, DETAIL_LIMITS.facts)
      .map(({ label, text }) => [truncateDetail(label, DETAIL_LIMITS.label), truncateDetail(text)] as const),
    ...message.reasons
      .slice(0, DETAIL_LIMITS.reasons)
      .map(
        ({ control, text }) =>
          ['Why', `${truncateDetail(control, DETAIL_LIMITS.label)}: ${truncateDetail(text)}`] as const,
      ),
    ...message.listings.slice(0, DETAIL_LIMITS.listings).map((listing) => listingRow(listing, message.remediationId)),
    ...message.remarks.slice(0, DETAIL_LIMITS.remarks).map((text) => ['Remarks', truncateDetail(text)] as const),
    ...message.ways
      .slice(0, DETAIL_LIMITS.ways)
      .map(({ label, command }) => [truncateDetail(label, DETAIL_LIMITS.label), truncateDetail(command)] as const),
  ]);
}
