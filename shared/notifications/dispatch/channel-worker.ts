import type {
  ChannelSecrets,
  Deliveries,
  DeliveryClaim,
  PagerDuty,
  Renderers,
  SecretStore,
  Slack,
} from '../../domain/delivery.ts';
import { CallFailed, ChannelRefused } from '../../domain/errors.ts';
import type { Message } from '../../domain/message.ts';
import type { AlertSettings } from '../../domain/policy.ts';
import type { Clock } from '../../domain/runtime.ts';
import type { RateLimiter } from './rate-limiter.ts';

/** What delivery tells its observer: logs and metrics are made of these. `channel`: see `channelName`. */
export type DeliveryJournalEntry =
  | { readonly what: 'delivered'; readonly message: Message; readonly channel: string }
  /** It had it before: this is a second delivery by the queue. */
  | { readonly what: 'known'; readonly message: Message; readonly channel: string }
  /** The bot cannot post there, so the webhook is to have it. */
  | { readonly what: 'fell-back'; readonly message: Message; readonly channel: string; readonly code: string }
  /** The channel has the message, but the thread's first one stays as it was, for good. */
  | { readonly what: 'unedited'; readonly message: Message; readonly channel: string; readonly code: string }
  /** The message is to be delivered again. `channel` is absent where it has nowhere to go. */
  | { readonly what: 'refused'; readonly message: Message; readonly channel?: string; readonly fault: unknown };

/** Everything that delivery needs from outside. */
export interface DeliveryPorts {
  readonly keys: SecretStore;
  /** Slack with this bot token; without one it refuses to post, for good. */
  readonly slack: (botToken: string | undefined) => Slack;
  readonly pager: PagerDuty;
  readonly deliveries: Deliveries;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  readonly journal: (entry: DeliveryJournalEntry) => void;
}

/** One invocation of the function that delivers. */
export interface DeliveryInvocation {
  readonly routes: AlertSettings['routes'];
  readonly renderers: Renderers;
  readonly ports: DeliveryPorts;
  /** Names the invocation. */
  readonly owner: string;
  /** Nothing is begun after that; milliseconds since the epoch. */
  readonly until: number;
}

/** One channel's turn in an invocation: it has one message after the other. */
export interface ChannelWorker extends Omit<DeliveryInvocation, 'routes' | 'until'> {
  readonly keys: ChannelSecrets;
  readonly slack: Slack;
  readonly pace: RateLimiter;
}

/** Pauses before a thread that another invocation is at is asked for again: about what a post and an edit take, ms. */
const BUSY_PAUSES_MS = [500, 1000, 2000, 4000];

/** Pauses before a note is written again, ms, after the SDK's own. */
const RECORD_PAUSES_MS = [1000, 2000, 4000];

/** Claims a message for a channel, and waits a while for whoever is at its thread. Throws CallFailed, ChannelRefused, retryable, where that is too long. */
export async function waitForClaim(
  { ports, pace, owner }: ChannelWorker,
  channel: string,
  message: Message,
): Promise<Exclude<DeliveryClaim, { readonly kind: 'busy' }>> {
  for (const pause of [...BUSY_PAUSES_MS, undefined]) {
    const claim = await ports.deliveries.claim(channel, message, owner);
    if (claim.kind !== 'busy') return claim;
    if (pause === undefined || !(await pace.sleepIfTime(pause))) break;
  }
  throw new ChannelRefused(channel, 'busy', true);
}

/**
 * Notes what the channel has by now. While it is not noted, another delivery of the same message would post it a second time: so a
 * failure that may pass is outwaited as long as the invocation can. Throws CallFailed.
 */
export async function recordWithRetry({ pace }: ChannelWorker, note: () => Promise<void>): Promise<void> {
  for (const pause of [...RECORD_PAUSES_MS, undefined]) {
    try {
      return await note();
    } catch (error) {
      const mayPass = error instanceof CallFailed && error.retryable;
      if (!mayPass || pause === undefined || !(await pace.sleepIfTime(pause))) throw error;
    }
  }
}
