import { type Random, uuid } from '../../../shared/domain/runtime.ts';
import { type ChannelEnvironment, type ChannelFaults, nextFault, withFault } from '../faults.ts';
import { type Reply, urlOf, type WireRequest } from '../wire/messages.ts';
import { isObject, jsonIn } from './checks.ts';

/** Settings of a local PagerDuty. */
export interface PagerDutyOptions {
  /** The accepted keys, of 32 characters each. */
  readonly routingKeys: readonly string[];
  readonly faults?: ChannelFaults;
}

/** A PagerDuty on this machine. */
export interface LocalPagerDuty {
  /** Replaces `https://events.pagerduty.com`. */
  readonly url: string;
  /** Open and resolved alerts, oldest first, live. */
  readonly alerts: readonly PagerAlert[];
  /** Change events, oldest first, live. */
  readonly changes: readonly Readonly<Record<string, unknown>>[];
  close(): Promise<void>;
}

/** Starts a PagerDuty with the documented limits of Events API v2. */
export async function startPagerDuty(
  { routingKeys, faults }: PagerDutyOptions,
  { network, clock, random }: ChannelEnvironment,
): Promise<LocalPagerDuty> {
  const now = () => clock.now();
  const inbox: Inbox = { keys: new Set(routingKeys), alerts: [], changes: [], useTimes: new Map(), now, random };
  const server = await network.listen(
    0,
    async (request, activity) => await withFault(nextFault(faults), () => answer(inbox, request), activity),
  );
  return {
    url: server.endpoint,
    alerts: inbox.alerts,
    changes: inbox.changes,
    close: async () => await server.close(),
  };
}

/** @see https://developer.pagerduty.com/docs/events-api-v2/overview/ (size limits) */
const MOST_BYTES = 524_288;

/**
 * About 120 events a minute for each key, in a window of 60 s.
 *
 * @see https://github.com/PagerDuty/developer-docs/blob/main/docs/events-API-v2/05-Rate-Limits.md
 */
const RATE = { most: 120, withinMs: 60_000 } as const;

interface Inbox {
  readonly keys: ReadonlySet<string>;
  readonly alerts: PagerAlert[];
  readonly changes: Readonly<Record<string, unknown>>[];
  /** Recent uses of each key, in milliseconds since the epoch. */
  readonly useTimes: Map<string, readonly number[]>;
  readonly now: () => number;
  readonly random: Random;
}

function answer(inbox: Inbox, request: WireRequest): Reply {
  const { body } = request;
  const path = urlOf(request).pathname;
  if (!isPath(path)) return json(404, { message: 'Not Found' });
  if (Buffer.byteLength(body) > MOST_BYTES) return refuse([`Event is larger than ${MOST_BYTES} bytes`]);
  const event = jsonIn(body);
  if (event === undefined) return refuse(['Event is not a JSON object']);
  const problems = KINDS[path](event);
  if (problems.length > 0) return refuse(problems);
  const key = String(event['routing_key']);
  if (!inbox.keys.has(key)) return refuse(['Invalid routing key']);
  return isRateLimited(inbox, key) ? json(429, { message: 'Request Limit Exceeded' }) : accept(inbox, path, event);
}

function accept(inbox: Inbox, path: keyof typeof KINDS, event: Readonly<Record<string, unknown>>): Reply {
  const routingKey = String(event['routing_key']);
  if (path === '/v2/change/enqueue') {
    inbox.changes.push(event);
    return json(202, { status: 'success', message: 'Change event processed' });
  }
  const { dedup_key: dedupKey = uuid(inbox.random), event_action: action, payload } = event;
  applyEvent(inbox.alerts, { routingKey, dedupKey: String(dedupKey), action: String(action), payload });
  return json(202, { status: 'success', message: 'Event processed', dedup_key: dedupKey });
}

function isRateLimited({ useTimes, now }: Inbox, key: string): boolean {
  const recent = (useTimes.get(key) ?? []).filter((at) => at > now() - RATE.withinMs);
  const tooOften = recent.length >= RATE.most;
  useTimes.set(key, tooOften ? recent : [...recent, now()]);
  return tooOften;
}

/** An alert in PagerDuty. */
export interface PagerAlert {
  readonly routingKey: string;
  readonly dedupKey: string;
  readonly status: 'triggered' | 'acknowledged' | 'resolved';
  /** How often it was triggered. */
  readonly triggers: number;
  /** Of the latest trigger. */
  readonly payload: unknown;
}

/** A valid alert event. */
export interface AlertEvent {
  readonly routingKey: string;
  readonly dedupKey: string;
  readonly action: string;
  readonly payload: unknown;
}

function isOpen({ status }: PagerAlert): boolean {
  return status !== 'resolved';
}

/**
 * Applies an event to the alerts. A trigger opens an alert, or adds to an open alert with the same keys,
 * which stays acknowledged. Other events change an open alert; without one they are dropped.
 *
 * @see https://developer.pagerduty.com/docs/events-api-v2/trigger-events/
 */
export function applyEvent(alerts: PagerAlert[], event: AlertEvent): void {
  const { routingKey, dedupKey, action, payload } = event;
  const place = alerts.findIndex(
    (alert) => alert.routingKey === routingKey && alert.dedupKey === dedupKey && isOpen(alert),
  );
  const open = alerts[place];
  if (action === 'trigger') {
    if (open === undefined) alerts.push({ routingKey, dedupKey, status: 'triggered', triggers: 1, payload });
    else alerts[place] = { ...open, triggers: open.triggers + 1, payload };
    return;
  }
  if (open !== undefined) alerts[place] = { ...open, status: action === 'resolve' ? 'resolved' : 'acknowledged' };
}

type Fields = Readonly<Record<string, unknown>>;

const ACTIONS: ReadonlySet<unknown> = new Set(['trigger', 'acknowledge', 'resolve']);

const SEVERITIES: ReadonlySet<unknown> = new Set(['critical', 'error', 'warning', 'info']);

/** An ISO 8601 date and time. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)$/;

const KEY_LENGTH = 32;

function partOf(fields: Fields, name: string): Fields {
  const value = fields[name];
  return isObject(value) ? value : {};
}

function isBlank(value: unknown): boolean {
  return typeof value !== 'string' || value.trim() === '';
}

function keyProblems({ routing_key: key }: Fields): readonly string[] {
  if (isBlank(key)) return ["'routing_key' is missing or blank"];
  return String(key).length === KEY_LENGTH
    ? []
    : [`Length of 'routing_key' is incorrect (should be ${KEY_LENGTH} characters)`];
}

function requiredProblems(fields: Fields, name: string, path: string): readonly string[] {
  return isBlank(fields[name]) ? [`'${path}${name}' is missing or blank`] : [];
}

function textProblems(fields: Fields, names: readonly string[]): readonly string[] {
  return names
    .filter((name) => fields[name] !== undefined && typeof fields[name] !== 'string')
    .map((name) => `'payload.${name}' must be a string`);
}

function lengthProblems(value: unknown, most: number, path: string): readonly string[] {
  return typeof value === 'string' && value.length > most
    ? [`'${path}' is too long (maximum is ${most} characters)`]
    : [];
}

function linkProblems({ links = [] }: Fields): readonly string[] {
  return Array.isArray(links) && links.every((link) => isObject(link) && !isBlank(link['href']))
    ? []
    : ["'links' must be an array of objects with 'href'"];
}

/** Checks that change events and triggers share. */
function payloadProblems(event: Fields): readonly string[] {
  const payload = partOf(event, 'payload');
  const { summary, timestamp, custom_details: details = {} } = payload;
  return [
    ...requiredProblems(payload, 'summary', 'payload.'),
    ...lengthProblems(summary, 1024, 'payload.summary'),
    ...(timestamp === undefined || (typeof timestamp === 'string' && TIME.test(timestamp))
      ? []
      : ["'payload.timestamp' is invalid"]),
    ...(isObject(details) ? [] : ["'payload.custom_details' must be an object"]),
    ...linkProblems(event),
  ];
}

function triggerProblems(event: Fields): readonly string[] {
  const payload = partOf(event, 'payload');
  return [
    ...payloadProblems(event),
    ...requiredProblems(payload, 'source', 'payload.'),
    ...(SEVERITIES.has(payload['severity'])
      ? []
      : [`'payload.severity' is invalid (must be one of the following: ${[...SEVERITIES].join(', ')})`]),
    ...textProblems(payload, ['component', 'group', 'class']),
  ];
}

/**
 * PagerDuty's complaints about an alert event; none for a valid event.
 *
 * @see https://developer.pagerduty.com/docs/events-api-v2/trigger-events/
 */
export function alertProblems(event: Fields): readonly string[] {
  const action = event['event_action'];
  return [
    ...keyProblems(event),
    ...(ACTIONS.has(action) ? [] : ["'event_action' is invalid"]),
    ...lengthProblems(event['dedup_key'], 255, 'dedup_key'),
    ...(action === 'trigger' ? triggerProblems(event) : requiredProblems(event, 'dedup_key', '')),
  ];
}

/**
 * PagerDuty's complaints about a change event. Keys of rulesets, which begin with R, accept no changes.
 *
 * @see https://developer.pagerduty.com/docs/events-api-v2/send-change-events/
 */
export function changeProblems(event: Fields): readonly string[] {
  return [
    ...keyProblems(event),
    ...(String(event['routing_key']).startsWith('R') ? ["'routing_key' is of a ruleset, which takes no changes"] : []),
    ...payloadProblems(event),
    ...textProblems(partOf(event, 'payload'), ['source']),
  ];
}

function json(status: number, body: object): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}

function refuse(errors: readonly string[]): Reply {
  return json(400, { status: 'invalid event', message: 'Event object is invalid', errors });
}

const KINDS = { '/v2/enqueue': alertProblems, '/v2/change/enqueue': changeProblems } as const;

function isPath(path: string): path is keyof typeof KINDS {
  return Object.hasOwn(KINDS, path);
}
