import type { Action } from '../notifications/message.ts';

/** Who pressed, as the channel's signature proves it. */
export interface Presser {
  /** `slack`: signed by Slack. `amazon-q`: by nobody; Amazon Q does not say who it was. */
  readonly through: 'slack' | 'amazon-q';
  /** Slack's `T…` and `U…`; absent where nobody is named. */
  readonly team?: string;
  readonly user?: string;
  /** As people know them. Not proof of anything. */
  readonly name: string;
}

/** A press of a button, or an action of Amazon Q: what, on which remediation, by whom. Nothing in it is trusted to say what is to be done. */
export interface Press {
  readonly action: Action;
  readonly remediationId: string;
  readonly by: Presser;
  /** Where the answer goes, 5 times within 30 minutes; absent for Amazon Q. */
  readonly responseUrl?: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A press on the record, and what became of it. */
export interface PressRecord {
  readonly press: Press;
  /** One line for people; absent while it is under way. */
  readonly result?: string;
}

/** Names a press on the record: letters, digits and spaces. */
export const pressId = ({ remediationId, action, at, by }: Press): string =>
  [remediationId, action, String(at).padStart(15, '0'), by.user ?? by.through].join(' ');

/** How long a press that was carried out stands, ms: a day. Later ones are told of it, until then. */
export const PRESS_STANDS_MS = 86_400_000;

/** How long a press may be under way, ms: three tries of five minutes each, with three minutes between. After it another may try. */
export const PRESS_LASTS_MS = 20 * 60_000;

/** Presses on the record. */
export interface Presses {
  /** Puts a press on the record under its id, once. Throws CallFailed. */
  record(press: Press): Promise<void>;
  /** One that is on the record, whatever became of it. Throws CallFailed. */
  find(id: string): Promise<PressRecord | undefined>;
  /**
   * Makes it the press of its action and remediation that is carried out, unless another one is or was: that one is answered. The same
   * press may claim again. Throws CallFailed.
   */
  claim(press: Press): Promise<PressRecord | undefined>;
  /** What became of a press on the record. `again`: it was refused or failed, and another press may try. Throws CallFailed. */
  ended(press: Press, result: string, again: boolean): Promise<void>;
}

/** Slack's user groups. */
export interface UserGroups {
  /** Whether a user (`U…`) is in a group (`S…`). What Slack said lately counts. Throws ChannelRefused. */
  holds(group: string, user: string): Promise<boolean>;
}

/** Tells the one who pressed what came of it, and nobody else. */
export interface Answers {
  /** Throws ChannelRefused. */
  answer(responseUrl: string, line: string): Promise<void>;
}

/** Who may press what. Every list is of exact ids; a press is allowed where one entry names the action and the person, or one of the person's groups. */
export interface Permit {
  readonly actions: readonly Action[];
  /** Slack `U…` or `W…`. */
  readonly slackUsers: readonly string[];
  /** Slack user groups, `S…`. */
  readonly slackGroups: readonly string[];
  /** Globs of ARNs of AWS principals, for the command line. */
  readonly principals: readonly string[];
}
