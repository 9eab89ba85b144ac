import type { Severity } from './finding.ts';
import type { Message, MessageKind, Urgency } from './message.ts';

/** Where a message can go. A PagerDuty service and a webhook are named by their entry in the secret, so that no key is in a policy. */
export type Channel =
  | { readonly kind: 'slack' /** `C…` or `G…` */; readonly id: string }
  | { readonly kind: 'webhook' | 'pagerduty'; readonly name: string };

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

/** What Slack's `chat.postMessage` takes, apart from where: blocks, and the text that notifications and screen readers use. */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly Readonly<Record<string, unknown>>[];
}

/** How an incident stands, told in its first message. */
export interface IncidentState {
  /** Headline and time of each later message, the oldest first. */
  readonly later: readonly { readonly headline: string; readonly at: number }[];
  /** The newest message of the thread: its buttons are the ones that still do something. */
  readonly newest: Message;
}

/** An event of PagerDuty's Events API v2, apart from its routing key. `change` never pages. */
export type PagerEvent =
  | { readonly to: 'change'; readonly body: Readonly<Record<string, unknown>> }
  | { readonly to: 'alert'; readonly body: Readonly<Record<string, unknown>> };

/** Makes of a message what a channel takes. Pure: on-alert is given those of shared/notifications. */
export interface Renderers {
  readonly slack: (message: Message, standing?: IncidentState) => SlackMessage;
  /**
   * None where PagerDuty has nothing to do with it; two where a success also ends an incident. To be sent in their order: the first one
   * may be sent twice without harm, a change is one more each time.
   */
  readonly pagerDuty: (message: Message) => readonly PagerEvent[];
}

/** Slack with a bot token, and a plain webhook. Throws ChannelRefused. */
export interface Slack {
  /** `threadTs`: below that message. Answers its `ts`. */
  post(channel: string, message: SlackMessage, threadTs?: string): Promise<string>;
  /** Puts a message in place of one. */
  update(channel: string, ts: string, message: SlackMessage): Promise<void>;
  webhook(url: string, message: SlackMessage): Promise<void>;
}

/** PagerDuty's Events API v2. Throws ChannelRefused. */
export interface PagerDuty {
  send(routingKey: string, event: PagerEvent): Promise<void>;
}

/** What the secret of the alert functions holds. Every part may be absent; none is ever logged. */
export interface ChannelSecrets {
  readonly slackBotToken?: string;
  readonly slackSigningSecret?: string;
  /** Where Slack is told what no route takes, `C…` or `G…`. */
  readonly slackChannel?: string;
  /** By name; `default` stands in for a bot that cannot post. */
  readonly webhooks: Readonly<Record<string, string>>;
  /** PagerDuty routing keys by name. */
  readonly pagerDuty: Readonly<Record<string, string>>;
}

/** Where the keys come from. */
export interface SecretStore {
  /** Throws CallFailed, and InputInvalid for a secret that is not what it should be, without a word of what it holds. */
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
   * Claims a message for a channel: `mine` (with the thread that stands, if one does), `done` before, or `busy`, when another
   * invocation is at this thread: come back later. A claim whose owner died runs out. Throws CallFailed.
   */
  claim(channel: string, message: Pick<Message, 'id' | 'thread'>, owner: string): Promise<DeliveryClaim>;
  /** The channel has the message, but the thread's first one is still to be brought up to date: the claim stays. Throws CallFailed. */
  posted(channel: string, message: Pick<Message, 'id' | 'thread'>, owner: string, thread: Thread): Promise<void>;
  /** The message is delivered; the thread as it stands now, where the channel has threads. Throws CallFailed. */
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
  /** Mine, and the channel has the message: all that is left is to bring the thread's first one up to date. */
  | { readonly kind: 'posted'; readonly thread: Thread }
  | { readonly kind: 'done' }
  | { readonly kind: 'busy' };
