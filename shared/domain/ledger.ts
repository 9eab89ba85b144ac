import type { Budget } from './controls/policy.ts';
import type { Outcome, Plan } from './decision.ts';
import type { Episode } from './episode.ts';
import type { Exemption } from './exemption.ts';
import type { Answer, FollowUp, Progress } from './requests/follow-up.ts';
import type { Asked } from './requests/person.ts';

/**
 * Answer to a reservation: act; act anew on what failed or was held (the entry keeps the id that people know: see `find`); finish what
 * this invocation or a dead one began; leave it to a live one; nothing to do; or wait for a person (a held plan that is still the budget's, see `isBudgeted`).
 */
export type Reservation = 'go' | 'again' | 'resume' | 'busy' | 'settled' | 'held';

/** An entry of the ledger. */
export interface Entry {
  readonly plan: Plan;
  /** The invocation that reserved it. */
  readonly owner: string;
  /** Until when it is left to its owner, milliseconds since the epoch; 0 once it is settled. */
  readonly heldUntil: number;
  readonly outcome?: Outcome;
  readonly answer?: Answer;
  readonly followUps: readonly FollowUp[];
  readonly progress: readonly Progress[];
}

/** How much of the budget a plan gets. `spent`: this plan is the one that found it spent, so people are told. */
export type Allowance = 'taken' | 'held' | 'spent';

/** The limit to the removal of rules that were there before, shared by every invocation of the cell. */
export interface BudgetAccount {
  /** Takes a plan's removals, once for each plan id however often it is asked. Spent, it stays so until `resume`. Throws CallFailed. */
  take(planId: string, removals: number, limit: Pick<Budget, 'removalsPerHour'>): Promise<Allowance>;
  /** A person lets it go on: the count starts anew. Throws CallFailed. */
  resume(asked: Asked): Promise<void>;
}

/** Leaves that were given. */
export interface Exemptions {
  /** Those about these groups and those about every group; ended and run out ones are left out. Throws CallFailed. */
  live(groupIds: readonly string[]): Promise<readonly Exemption[]>;
  /** Every one that has not been over for long, newest first. Throws CallFailed. */
  all(): Promise<readonly Exemption[]>;
  find(id: string): Promise<Exemption | undefined>;
  /** Writes or overwrites; an exemption stays with its group, and one that has ended stays so: writing it without its end changes nothing. Throws CallFailed. */
  put(exemption: Exemption): Promise<void>;
}

/** What was opened and closed lately. */
export interface Episodes {
  /** Writes each once, however often. Throws CallFailed. */
  record(episodes: readonly Episode[]): Promise<void>;
  /** A group's, of the last 24 hours, oldest first. Throws CallFailed. */
  of(groupId: string): Promise<readonly Episode[]>;
}

/** The record of what was done: written before the act, closed after it. */
export interface Ledger {
  /**
   * One conditional write; over an entry that failed, and over one that was held where the plan is no longer the budget's: let go by a
   * person, or brought anew by a change. Without `released`, an earlier answer is void. `owner` names the invocation: its own retry resumes at once. Throws CallFailed.
   */
  reserve(plan: Plan, owner: string): Promise<Reservation>;
  /** One entry, consistent with every write before. Throws CallFailed. */
  find(groupId: string, planId: string): Promise<Entry | undefined>;
  /** Closes the entry; the first to close it is right. What is `pending` or `held` is found by `waiting` then. Throws CallFailed, InputInvalid for what was never reserved. */
  settle(outcome: Outcome): Promise<void>;
  /** All of a group's entries, newest first: up to 400 days of them, so it is read on rare occasions only, never with every change. Throws CallFailed. */
  entries(groupId: string): Promise<readonly Entry[]>;
  /** A group's entries that are reserved and not settled. Read with every change, so it costs the same however long the history. Throws CallFailed. */
  unsettled(groupId: string): Promise<readonly Entry[]>;
}

/** The ledger as the function that grants and the schedule use it. */
export interface Register extends Ledger {
  /** Appends a finished step to the entry's record: of a migration, of an answer. Throws CallFailed. */
  noteProgress(entry: Entry, progress: Progress): Promise<void>;
  /** The entry of a remediation by its sortable id. Throws CallFailed. */
  byId(remediationId: string): Promise<Entry | undefined>;
  /** The newest remediations of the account, without the canary's. Throws CallFailed. */
  newest(most: number): Promise<readonly Entry[]>;
  /** Entries that wait for a person, by what they wait for, the oldest first: all of them. Throws CallFailed. */
  waiting(status: 'pending' | 'held'): Promise<readonly Entry[]>;
  /** Entries whose answer has yet to have its effect, the oldest first: all of them. Throws CallFailed. */
  answered(): Promise<readonly Entry[]>;
  /** Unsettled entries whose owner had its time. Throws CallFailed. */
  abandoned(): Promise<readonly Entry[]>;
  /** Records what a person said, once: the first answer stands and is given back. Throws CallFailed, InputInvalid where nothing waits. */
  answer(entry: Entry, answer: Answer): Promise<Answer>;
  /** Appends that an answer has had its effect: `answered` no longer finds the entry. Throws CallFailed. */
  noteCarried(entry: Entry, progress: Progress): Promise<void>;
  /** Appends to the entry's record. Throws CallFailed. */
  noteFollowUp(entry: Entry, followUp: FollowUp): Promise<void>;
}
