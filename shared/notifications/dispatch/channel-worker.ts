import {
  type Channel,
  type ChannelKind,
  type ChannelSecrets,
  channelSpec,
  type Deliveries,
  type DeliveryClaim,
  type SecretStore,
} from '../../domain/delivery.ts';
import { CallFailed, ChannelRefused } from '../../domain/errors.ts';
import type { Message } from '../../domain/message.ts';
import type { AlertSettings } from '../../domain/policy.ts';
import type { Clock } from '../../domain/runtime.ts';
import { type RateLimiter, sendWithRetry } from './rate-limiter.ts';

/**
 * Entry of the secret that gets the messages that no route takes. The webhook of this name also stands in for
 * Slack's bot.
 */
export const DEFAULT_ENTRY = 'default';

/** A channel's name in the ledger, in logs and in errors: `slack:C0123456789`, `webhook:default`. */
export function channelName({ kind, name }: Channel): string {
  return `${kind}:${name}`;
}

/** A claim that this invocation holds. */
export type HeldClaim = Exclude<DeliveryClaim, { readonly kind: 'busy' | 'done' }>;

/** How messages reach one kind of channel. */
export interface ChannelAdapter {
  /** Shortest time between two requests to one channel, ms. */
  readonly intervalMs: number;
  /** Name of the channel that gets what no route takes; undefined: the secret has none. */
  defaultName(secrets: ChannelSecrets): string | undefined;
  /** Whether the channel has anything to show for a message; absent: always. */
  concerns?(message: Message): boolean;
  /** The channel that gets a message which this one refuses permanently. */
  fallback?(secrets: ChannelSecrets): Channel | undefined;
  /** Sends a claimed message and records it as delivered. Throws CallFailed, ChannelRefused. */
  send(worker: ChannelWorker, channel: Channel, message: Message, claim: HeldClaim): Promise<void>;
}

/** An adapter for each kind of channel. */
export type ChannelAdapters = Readonly<Record<ChannelKind, ChannelAdapter>>;

/** An event of delivery, for logs and metrics. `channel` is a `channelName`. */
export type DeliveryJournalEntry =
  | { readonly what: 'delivered'; readonly message: Message; readonly channel: string }
  /** The channel has the message already: the queue delivered it a second time. */
  | { readonly what: 'known'; readonly message: Message; readonly channel: string }
  /** The channel refused permanently, so its fallback gets the message. */
  | { readonly what: 'fell-back'; readonly message: Message; readonly channel: string; readonly code: string }
  /** The channel has the message, but refused to edit the first message of the thread. */
  | { readonly what: 'unedited'; readonly message: Message; readonly channel: string; readonly code: string }
  /** Delivery failed and the queue will retry. `channel` is absent if the message has no channel to go to. */
  | { readonly what: 'refused'; readonly message: Message; readonly channel?: string; readonly fault: unknown };

/** Everything that delivery needs from outside. */
export interface DeliveryPorts {
  readonly secrets: SecretStore;
  readonly channels: ChannelAdapters;
  readonly deliveries: Deliveries;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  readonly journal: (entry: DeliveryJournalEntry) => void;
}

/** One invocation of the function that delivers. */
export interface DeliveryInvocation {
  readonly routes: AlertSettings['routes'];
  readonly ports: DeliveryPorts;
  /** Identifies the invocation. */
  readonly owner: string;
  /** No request starts after this time, milliseconds since the epoch. */
  readonly until: number;
}

/** Delivers the messages of one channel, one after the other. */
export interface ChannelWorker {
  readonly ports: DeliveryPorts;
  readonly owner: string;
  readonly secrets: ChannelSecrets;
  readonly rateLimiter: RateLimiter;
}

/**
 * Pauses before a busy thread is claimed again, ms: about as long as another invocation needs for a post and
 * an edit.
 */
const BUSY_PAUSES_MS = [500, 1000, 2000, 4000];

/** Pauses before a ledger write is repeated, ms, in addition to the SDK's own retries. */
const RECORD_PAUSES_MS = [1000, 2000, 4000];

/**
 * Claims a message for a channel. Waits for another invocation that works on the same thread.
 *
 * @throws CallFailed; ChannelRefused (retryable) if the thread stays busy.
 */
export async function waitForClaim(
  { ports, rateLimiter, owner }: ChannelWorker,
  channel: string,
  message: Message,
): Promise<Exclude<DeliveryClaim, { readonly kind: 'busy' }>> {
  for (const pause of [...BUSY_PAUSES_MS, undefined]) {
    const claim = await ports.deliveries.claim(channel, message, owner);
    if (claim.kind !== 'busy') return claim;
    if (pause === undefined || !(await rateLimiter.sleepIfTime(pause))) break;
  }
  throw new ChannelRefused(channel, 'busy', true);
}

/**
 * Writes a delivery to the ledger. Retries while the invocation has time, because an unrecorded message would
 * be posted a second time. Throws CallFailed.
 */
export async function recordWithRetry({ rateLimiter }: ChannelWorker, write: () => Promise<void>): Promise<void> {
  for (const pause of [...RECORD_PAUSES_MS, undefined]) {
    try {
      return await write();
    } catch (error) {
      const isTemporary = error instanceof CallFailed && error.retryable;
      if (!isTemporary || pause === undefined || !(await rateLimiter.sleepIfTime(pause))) throw error;
    }
  }
}

/**
 * Sends to a channel at its rate, with retries. Throws ChannelRefused.
 *
 * @param limit name of the rate limit, if it is not the channel's own.
 */
export async function sendPaced<T>(
  { ports, rateLimiter }: ChannelWorker,
  channel: Channel,
  send: () => Promise<T>,
  limit: string = channelName(channel),
): Promise<T> {
  const { intervalMs } = ports.channels[channel.kind];
  return await sendWithRetry(rateLimiter, { channel: limit, intervalMs }, send);
}

/** Records that a channel without threads has a message. Throws CallFailed. */
export async function recordDelivered(worker: ChannelWorker, channel: Channel, message: Message): Promise<void> {
  const { ports, owner } = worker;
  await recordWithRetry(worker, () => ports.deliveries.delivered(channelName(channel), message, owner, undefined));
}

/** The address or key of a channel. Throws ChannelRefused if the secret has no such entry. */
export function secretOf({ secrets }: Pick<ChannelWorker, 'secrets'>, channel: Channel): string {
  const entries = secrets.entries[channel.kind] ?? {};
  const value = Object.hasOwn(entries, channel.name) ? entries[channel.name] : undefined;
  if (value === undefined) throw new ChannelRefused(channelName(channel), 'not_in_secret', false);
  return value;
}

/** `default` if the secret has such an entry for a kind of channel. */
export function defaultEntry({ entries }: ChannelSecrets, kind: ChannelKind): string | undefined {
  return Object.hasOwn(entries[kind] ?? {}, DEFAULT_ENTRY) ? DEFAULT_ENTRY : undefined;
}

/** Whether the messages of a thread must reach the channel in order. */
export function isOrdered({ kind }: Channel): boolean {
  return channelSpec(kind).tracksIncidents === true;
}
