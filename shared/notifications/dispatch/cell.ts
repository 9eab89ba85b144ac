import type { AlertSettings } from '../../domain/controls/policy.ts';
import type { Deliveries, KeyRing, Keys, Pager, Renderers, Slack } from '../../domain/notifications/delivery.ts';
import type { Message } from '../../domain/notifications/message.ts';
import type { Clock } from '../../domain/ports.ts';
import type { Pace } from './pace.ts';

/** What delivery tells its observer: logs and metrics are made of these. `channel`: see `channelName`. */
export type DeliveryEntry =
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
  readonly keys: KeyRing;
  /** Slack with this bot token; without one it refuses to post, for good. */
  readonly slack: (botToken: string | undefined) => Slack;
  readonly pager: Pager;
  readonly deliveries: Deliveries;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  readonly journal: (entry: DeliveryEntry) => void;
}

/** One invocation of the function that delivers. */
export interface DeliveryCell {
  readonly routes: AlertSettings['routes'];
  readonly renderers: Renderers;
  readonly ports: DeliveryPorts;
  /** Names the invocation. */
  readonly owner: string;
  /** Nothing is begun after that; milliseconds since the epoch. */
  readonly until: number;
}

/** One channel's turn in an invocation: it has one message after the other. */
export interface Lane extends Omit<DeliveryCell, 'routes' | 'until'> {
  readonly keys: Keys;
  readonly slack: Slack;
  readonly pace: Pace;
}
