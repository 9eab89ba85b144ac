import { type Random, uuid } from '../../../shared/domain/random.ts';
import { type ChannelFaults, type ChannelPlace, nextFault, withFault } from '../channel-faults.ts';
import type { Reply, WireRequest } from '../server/wire.ts';
import { jsonIn } from '../slack/arguments.ts';
import { applyEvent, type PagerAlert } from './alerts.ts';
import { alertProblems, changeProblems } from './check-event.ts';

/** How a local PagerDuty is set up. */
export interface PagerDutyOptions {
  /** Of 32 characters each: the only ones that are taken. */
  readonly routingKeys: readonly string[];
  readonly faults?: ChannelFaults;
}

/** A PagerDuty on this machine. */
export interface LocalPagerDuty {
  /** In place of `https://events.pagerduty.com`. */
  readonly url: string;
  /** Resolved ones too, oldest first, live. */
  readonly alerts: readonly PagerAlert[];
  /** Change events as they came, oldest first, live. */
  readonly changes: readonly Readonly<Record<string, unknown>>[];
  close(): Promise<void>;
}

/** @see https://developer.pagerduty.com/docs/events-api-v2/overview/ (size limits) */
const MOST_BYTES = 524_288;

/** About 120 a minute for each key, looking back 60 s. @see https://github.com/PagerDuty/developer-docs/blob/main/docs/events-API-v2/05-Rate-Limits.md */
const RATE = { most: 120, withinMs: 60_000 } as const;

interface Inbox {
  readonly keys: ReadonlySet<string>;
  readonly alerts: PagerAlert[];
  readonly changes: Readonly<Record<string, unknown>>[];
  /** When each key was last used, milliseconds since the epoch. */
  readonly taken: Map<string, readonly number[]>;
  readonly now: () => number;
  readonly random: Random;
}

const json = (status: number, body: object): Reply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

const refuse = (errors: readonly string[]): Reply =>
  json(400, { status: 'invalid event', message: 'Event object is invalid', errors });

const isTooOften = ({ taken, now }: Inbox, key: string): boolean => {
  const recent = (taken.get(key) ?? []).filter((at) => at > now() - RATE.withinMs);
  const tooOften = recent.length >= RATE.most;
  taken.set(key, tooOften ? recent : [...recent, now()]);
  return tooOften;
};

const KINDS = { '/v2/enqueue': alertProblems, '/v2/change/enqueue': changeProblems } as const;

const isPath = (path: string): path is keyof typeof KINDS => Object.hasOwn(KINDS, path);

const take = (inbox: Inbox, path: keyof typeof KINDS, event: Readonly<Record<string, unknown>>): Reply => {
  const routingKey = String(event['routing_key']);
  if (path === '/v2/change/enqueue') {
    inbox.changes.push(event);
    return json(202, { status: 'success', message: 'Change event processed' });
  }
  const { dedup_key: dedupKey = uuid(inbox.random), event_action: action, payload } = event;
  applyEvent(inbox.alerts, { routingKey, dedupKey: String(dedupKey), action: String(action), payload });
  return json(202, { status: 'success', message: 'Event processed', dedup_key: dedupKey });
};

const answer = (inbox: Inbox, { url, body }: WireRequest): Reply => {
  const path = new URL(url, 'http://127.0.0.1').pathname;
  if (!isPath(path)) return json(404, { message: 'Not Found' });
  if (Buffer.byteLength(body) > MOST_BYTES) return refuse([`Event is larger than ${MOST_BYTES} bytes`]);
  const event = jsonIn(body);
  if (event === undefined) return refuse(['Event is not a JSON object']);
  const problems = KINDS[path](event);
  if (problems.length > 0) return refuse(problems);
  const key = String(event['routing_key']);
  if (!inbox.keys.has(key)) return refuse(['Invalid routing key']);
  return isTooOften(inbox, key) ? json(429, { message: 'Request Limit Exceeded' }) : take(inbox, path, event);
};

/** Starts a PagerDuty that keeps to the documented limits of the real one's Events API v2. */
export const startPagerDuty = async (
  { routingKeys, faults }: PagerDutyOptions,
  { network, clock, random }: ChannelPlace,
): Promise<LocalPagerDuty> => {
  const now = () => clock.now();
  const inbox: Inbox = { keys: new Set(routingKeys), alerts: [], changes: [], taken: new Map(), now, random };
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
};
