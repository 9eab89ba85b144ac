import type { Severity } from './finding.ts';
import type { Message, MessageKind, Urgency } from './message.ts';

/** What the policy and the secret of the alert functions have to know about a kind of channel. */
interface ChannelSpec {
  /** What a route of the policy names, for the schema. */
  readonly description: string;
  /**
   * Field of the secret with the address or key of each target by name; absent: the policy names the target
   * itself.
   */
  readonly secretField?: string;
  /**
   * The channel keeps an incident open until a message says that it ended, so its messages must arrive in
   * order.
   */
  readonly tracksIncidents?: true;
}

/**
 * The kinds of channels that a route can name. `shared/notifications/channels/registry.ts` sends to each of
 * them, and `infra/local/cell/channel-fakes.ts` has their stand-ins.
 */
const CHANNELS = {
  slack: { description: 'Id of a Slack channel that the bot is in.' },
  webhook: { description: 'Name of an incoming webhook in the secret.', secretField: 'webhooks' },
  pagerduty: {
    description: 'Name of a PagerDuty service in the secret.',
    secretField: 'pagerDuty',
    tracksIncidents: true,
  },
} as const satisfies Readonly<Record<string, ChannelSpec>>;

/** A kind of channel, as a route names it. */
export type ChannelKind = keyof typeof CHANNELS;

/** All kinds of channels. */
export const CHANNEL_KINDS: readonly ChannelKind[] = Object.keys(CHANNELS).filter(
  (kind): kind is ChannelKind => kind in CHANNELS,
);

/** The specification of a kind of channel. */
export function channelSpec(kind: ChannelKind): ChannelSpec {
  return CHANNELS[kind];
}

/** Where a message can go. */
export interface Channel {
  readonly kind: ChannelKind;
  /**
   * Id of a Slack channel (`C…`, `G…`), or the name of an entry of the secret, so that the policy holds no
   * key.
   */
  readonly name: string;
}

/** Sends the messages that match every given part to some channels. Texts are globs, `*` only. */
export interface Route {
  readonly to: readonly Channel[];
  readonly accounts?: readonly string[];
  readonly owners?: readonly string[];
  /** A message must match all of these tags. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly severities?: readonly Severity[];
  readonly urgencies?: readonly Urgency[];
  readonly kinds?: readonly MessageKind[];
  /** The later routes do not apply to a message that matches this route. */
  readonly last: boolean;
}

/** The current state of an incident, shown in its first message. */
export interface IncidentState {
  /** Headline and time of each later message, oldest first. */
  readonly later: readonly { readonly headline: string; readonly at: number }[];
  /** The newest message of the thread. Only its buttons still work. */
  readonly newest: Message;
}

/** The content of the secret of the alert functions. Every part is optional, and none is ever logged. */
export interface ChannelSecrets {
  readonly slackBotToken?: string;
  readonly slackSigningSecret?: string;
  /** Slack channel (`C…` or `G…`) for messages that match no route. */
  readonly slackChannel?: string;
  /**
   * Addresses and keys by kind of channel and name. The entry `default` is the fallback for messages without
   * a route.
   */
  readonly entries: Readonly<Partial<Record<ChannelKind, Readonly<Record<string, string>>>>>;
}

/** Reads the secret. */
export interface SecretStore {
  /** Throws CallFailed, or InputInvalid for an invalid secret. The errors contain nothing of the secret. */
  read(): Promise<ChannelSecrets>;
}

/** The thread of an incident in a channel. */
export interface Thread {
  /** `ts` of its first message in Slack. */
  readonly ts: string;
  readonly first: Message;
  /** The newest message by its own time, whatever the order of arrival. Absent: `first`. */
  readonly newest?: Message;
  /** The newest 200. */
  readonly later: IncidentState['later'];
}

/** Records deliveries, so that a second attempt to deliver a message finds what the first attempt did. */
export interface Deliveries {
  /**
   * Claims a message for a channel. `mine`: deliver it, in the existing thread if there is one. `done`: it
   * was delivered before. `busy`: another invocation uses the thread, so try later. A claim of a crashed
   * owner expires. Throws CallFailed.
   */
  claim(channel: string, message: Pick<Message, 'id' | 'thread'>, owner: string): Promise<DeliveryClaim>;
  /**
   * The message is posted, but the first message of the thread is not updated yet. The claim stays. Throws
   * CallFailed.
   */
  posted(channel: string, message: Pick<Message, 'id' | 'thread'>, owner: string, thread: Thread): Promise<void>;
  /** The message is delivered. `thread`: its current state, if the channel has threads. Throws CallFailed. */
  delivered(
    channel: string,
    message: Pick<Message, 'id' | 'thread'>,
    owner: string,
    thread: Thread | undefined,
  ): Promise<void>;
  /** Releases a claim because the channel did not accept the message. Throws CallFailed. */
  release(channel: string, message: Pick<Message, 'id' | 'thread'>, owner: string): Promise<void>;
}

/** Messages that no channel accepted in any attempt. */
export interface UndeliveredAlerts {
  /** Receives up to ten messages. Other consumers do not see them for two minutes. Throws CallFailed. */
  take(): Promise<readonly { readonly receipt: string; readonly body: string; readonly sentAt: number }[]>;
  /** Deletes a delivered message. Throws CallFailed. */
  done(receipt: string): Promise<void>;
}

/** Result of a claim. */
export type DeliveryClaim =
  | { readonly kind: 'mine'; readonly thread?: Thread }
  /** The message is posted already. Only the first message of the thread has to be updated. */
  | { readonly kind: 'posted'; readonly thread: Thread }
  | { readonly kind: 'done' }
  | { readonly kind: 'busy' };
