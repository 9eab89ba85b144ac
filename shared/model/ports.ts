import type { Change, Scope } from './change.ts';
import type { Decision, Outcome, Plan, Step } from './decision.ts';
import type { FactUnread } from './errors.ts';
import type { Facts, Need } from './facts.ts';
import type { Group } from './group.ts';
import type { Mode } from './mode.ts';
import type { Rule } from './rule.ts';

/** One group with the facts that were read about it; a fact that is missing could not be read. */
export interface Sighting {
  readonly group: Group;
  readonly facts: Partial<Facts>;
}

/** A prefix list that a rule in sight names, apart from its entries. */
export interface ListState {
  /** `pl-…` */
  readonly id: string;
  /** EC2's word, such as `modify-in-progress` or `modify-complete`. */
  readonly state: string;
  /** Absent for lists that AWS manages. */
  readonly version?: number;
  /** Entries of the version that the scope asked for; absent where they could not be read. */
  readonly before?: readonly string[];
}

/** What a look at the account gave. */
export interface Sight {
  readonly sightings: readonly Sighting[];
  readonly unread: readonly FactUnread[];
  /** Absent where no rule names a list. */
  readonly lists?: readonly ListState[];
}

/** What EC2 says it removed. */
export interface Revoked {
  readonly removed: readonly Rule[];
  /** Ids that no longer exist. */
  readonly missing: readonly string[];
  /** Whether an earlier attempt of the same call went unanswered, so that the missing ones may be its doing. */
  readonly unanswered: boolean;
}

/** A revoke step. */
export type RevokeStep = Extract<Step, { do: 'revoke' }>;

/** The security groups of one account and region. */
export interface SecurityGroups {
  /** Reads the groups in scope, their rules with prefix lists resolved, and the facts asked for. Unknown groups are absent. Throws CallFailed. */
  look(scope: Scope, needs: ReadonlySet<Need>): Promise<Sight>;
  /** Removes rules by id, in one call; ids that are gone already are no error. Throws CallFailed. */
  revoke(step: RevokeStep): Promise<Revoked>;
}

/** Answer to a reservation: act, finish what this invocation or a dead one began, leave it to a live one, or nothing to do. */
export type Reservation = 'go' | 'resume' | 'busy' | 'settled';

/** An entry of the ledger. */
export interface Entry {
  readonly plan: Plan;
  /** The invocation that reserved it. */
  readonly owner: string;
  /** Until when it is left to its owner, milliseconds since the epoch. */
  readonly heldUntil: number;
  readonly outcome?: Outcome;
}

/** The record of what was done: written before the act, closed after it. */
export interface Ledger {
  /** One conditional write. `owner` names the invocation: its own retry resumes at once. Throws CallFailed. */
  reserve(plan: Plan, owner: string): Promise<Reservation>;
  /** Closes the entry. Throws CallFailed. */
  settle(outcome: Outcome): Promise<void>;
  /** A group's entries that are reserved and not settled. Read with every change, so it costs the same however long the history. Throws CallFailed. */
  unsettled(groupId: string): Promise<readonly Entry[]>;
  /** All of a group's entries, newest first: up to 400 days of them. Throws CallFailed. */
  entries(groupId: string): Promise<readonly Entry[]>;
}

/** Where people are told. At least once for each outcome, deduplicated by the plan's id. */
export interface Notices {
  /** Throws CallFailed. */
  publish(outcome: Outcome): Promise<void>;
}

/** The runtime switch. */
export interface Switch {
  /** The highest mode allowed now; `enforce` where no switch is set or it has expired. Throws CallFailed. */
  ceiling(): Promise<Mode>;
}

/** Time, injected. Milliseconds. */
export interface Clock {
  now(): number;
  sleep(ms: number): Promise<void>;
}

/** What the pipeline tells its observer: logs and metrics are made of these. */
export type JournalEntry =
  | { readonly what: 'change'; readonly change: Change }
  | { readonly what: 'looked'; readonly sight: Sight; readonly missing: readonly string[] }
  | { readonly what: 'decided'; readonly decisions: readonly Decision[] }
  | { readonly what: 'planned'; readonly plan: Plan; readonly reservation: Reservation }
  | { readonly what: 'revoked'; readonly plan: Plan; readonly removed: readonly Rule[] }
  | { readonly what: 'settled'; readonly outcome: Outcome };

/** Everything the pipeline needs from outside. */
export interface Ports {
  readonly groups: SecurityGroups;
  readonly ledger: Ledger;
  readonly notices: Notices;
  readonly switch: Switch;
  readonly clock: Clock;
  readonly journal: (entry: JournalEntry) => void;
}
