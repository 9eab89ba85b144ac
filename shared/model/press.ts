import type { Action } from './message.ts';

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

/** Presses on the record. */
export interface Presses {
  /** Records a press; answers the first one of the same action and remediation where there is one that was not refused. Throws CallFailed. */
  record(press: Press): Promise<{ readonly first?: PressRecord }>;
  /** What became of it. `again`: it was refused or failed, and another press may try. Throws CallFailed. */
  ended(press: Press, result: string, again: boolean): Promise<void>;
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
