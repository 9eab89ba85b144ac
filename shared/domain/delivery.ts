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

/** Messages that go to some channels: those that fit every part that is given. Texts are globs, `*` only. */
export interface Route {
  readonly to: readonly Channel[];
  readonly accounts?: readonly string[];
  readonly owners?: readonly string[];
  /** All of them. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly severities?: readonly Severity[];
  readonly urgencies?: readonly Urgency[];
  readonly kinds?: readonly MessageKind[];
  /** A message that fits goes no further down the list. */
  readonly last: boolean;
}

/** How an incident stands, told in its first message. */
export interface IncidentState {
  /** Headline and time of each later message, the oldest first. */
  readonly later: readonly { readonly headline: string; readonly at: number }[];
  /** The newest message of the thread: its buttons are the ones that still do something. */
  readonly newest: Message;
}

/** What the secret of the alert functions holds. Every part may be absent; none is ever logged. */
export interface ChannelSecrets {
  readonly slackBotToken?: string;
  readonly slackSigningSecret?: string;
  /** Where Slack is told what no route takes, `C…` or `G…`. */
  readonly slackChannel?: string;
  /** Addresses and keys by kind of channel and name; the entry `default` gets what no route takes. */
  readonly entries: Readonly<Partial<Record<ChannelKind, Readonly<Record<string, string>>>>>;
}

/** Where the keys come from. */
export interface SecretStore {
  /**
   * Throws CallFailed, and InputInvalid for a secret that is not what it should be, without a word of what it
   * holds.
   */
  read(): Promise<ChannelSecrets>;
}

/** An incident in a channel. */
export interface Thread {
  /** `ts` of its first message in Slack. */
  readonly ts: string;
  readonly first: Message;
  /** By the messages' own times, whatever order they come in; absent: the first one. */
  readonly newest?: Message;
  /** The newest 200. */
  readonly later: IncidentState['later'];
}

/** What went where: so that a second delivery of a message finds what the first did. */
export interface Deliveries {
  /**
   * Claims a message for a channel: `mine` (with the thread that stands, if one does), `done` before, or
   * `busy`, when another invocation is at this thread: come back later. A claim whose owner died runs out.
   * Throws CallFailed.
   */
  claim(channel: string, message: Pick<Message, 'id' | 'thread'>, owner: string): Promise<DeliveryClaim>;
  /**
   * The channel has the message, but the thread's first one is still to be brought up to date: the claim
   * stays. Throws CallFailed.
   */
  posted(channel: string, message: Pick<Message, 'id' | 'thread'>, owner: string, thread: Thread): Promise<void>;
  /**
   * The message is delivered; the thread as it stands now, where the channel has threads. Throws CallFailed.
   */
  delivered(
    channel: string,
    message: Pick<Message, 'id' | 'thread'>,
    owner: string,
    thread: Thread | undefined,
  ): Promise<void>;
  /** Gives a claim back: the channel did not take it. Throws CallFailed. */
  release(channel: string, message: Pick<Message, 'id' | 'thread'>, owner: string): Promise<void>;
}

/** Messages that no channel took in all their attempts. */
export interface UndeliveredAlerts {
  /** Takes up to ten; nobody else sees them for two minutes. Throws CallFailed. */
  take(): Promise<readonly { readonly receipt: string; readonly body: string; readonly sentAt: number }[]>;
  /** Deletes one that was delivered. Throws CallFailed. */
  done(receipt: string): Promise<void>;
}

/** Answer to a claim. */
export type DeliveryClaim =
  | { readonly kind: 'mine'; readonly thread?: Thread }
  /**
   * Mine, and the channel has the message: all that is left is to bring the thread's first one up to date.
   */
  | { readonly kind: 'posted'; readonly thread: Thread }
  | { readonly kind: 'done' }
  | { readonly kind: 'busy' };
