import type { Severity } from './finding.ts';
import type { Message, MessageKind, Urgency } from './message.ts';

/** The destination of a message. PagerDuty services and webhooks are names of entries in the secret. */
export type Channel =
  | { readonly kind: 'slack' /** `C…` or `G…` */; readonly id: string }
  | { readonly kind: 'webhook' | 'pagerduty'; readonly name: string };

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

/** The content for Slack's `chat.postMessage`: blocks, and a text for notifications and screen readers. */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly Readonly<Record<string, unknown>>[];
}

/** The current state of an incident, shown in its first message. */
export interface IncidentState {
  /** Headline and time of each later message, oldest first. */
  readonly later: readonly { readonly headline: string; readonly at: number }[];
  /** The newest message of the thread. Only its buttons still work. */
  readonly newest: Message;
}

/** An event for PagerDuty's Events API v2, without the routing key. `change` never pages anybody. */
export type PagerEvent =
  | { readonly to: 'change'; readonly body: Readonly<Record<string, unknown>> }
  | { readonly to: 'alert'; readonly body: Readonly<Record<string, unknown>> };

/** Renders messages for the channels. */
export interface Renderers {
  readonly slack: (message: Message, standing?: IncidentState) => SlackMessage;
  /**
   * Empty if PagerDuty does not need the message. Two events if a success also ends an incident. Send them in
   * this order: a duplicate of the first event is harmless, but a duplicate change is shown twice.
   */
  readonly pagerDuty: (message: Message) => readonly PagerEvent[];
}

/** Slack with a bot token, and a plain webhook. Throws ChannelRefused. */
export interface Slack {
  /** Posts a message, in the thread of `threadTs` if given. Returns the `ts` of the message. */
  post(channel: string, message: SlackMessage, threadTs?: string): Promise<string>;
  /** Replaces a message. */
  update(channel: string, ts: string, message: SlackMessage): Promise<void>;
  webhook(url: string, message: SlackMessage): Promise<void>;
}

/** PagerDuty's Events API v2. Throws ChannelRefused. */
export interface PagerDuty {
  send(routingKey: string, event: PagerEvent): Promise<void>;
}

/** The content of the secret of the alert functions. Every part is optional, and none is ever logged. */
export interface ChannelSecrets {
  readonly slackBotToken?: string;
  readonly slackSigningSecret?: string;
  /** Slack channel (`C…` or `G…`) for messages that match no route. */
  readonly slackChannel?: string;
  /** URLs by name. `default` is the fallback if the bot cannot post. */
  readonly webhooks: Readonly<Record<string, string>>;
  /** PagerDuty routing keys by name. */
  readonly pagerDuty: Readonly<Record<string, string>>;
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
