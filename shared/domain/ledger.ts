import type { Change } from './change.ts';
import type { Outcome, Plan } from './decision.ts';
import type { Exemption } from './exemption.ts';
import type { Rule } from './group.ts';
import type { Episode, GroupRecord } from './group-record.ts';
import type { Attribution } from './identity.ts';
import type { Budget } from './policy.ts';

/**
 * Answer to a reservation: act; act anew on what failed or was held (the entry keeps the id that people know: see `find`); finish what
 * this invocation or a dead one began; leave it to a live one; nothing to do; or wait for a person (a held plan that is still the budget's, see `isBudgeted`).
 */
export type Reservation = 'go' | 'again' | 'resume' | 'busy' | 'settled' | 'held';

/** An entry of the ledger that is not settled. */
export interface OpenEntry {
  readonly plan: Plan;
  /** The invocation that reserved it. */
  readonly owner: string;
  /** Until when it is left to its owner, milliseconds since the epoch; 0 once it is settled. */
  readonly heldUntil: number;
}

/** An entry of the ledger. */
export interface LedgerEntry extends OpenEntry {
  readonly outcome?: Outcome;
  readonly answer?: ApprovalAnswer;
  readonly postRemovalGrants: readonly PostRemovalGrant[];
  readonly completedSteps: readonly CompletedStep[];
}

/** How much of the budget a plan gets. `spent`: this plan is the one that found it spent, so people are told. */
export type Allowance = 'taken' | 'held' | 'spent';

/** The limit to the removal of rules that were there before, shared by every invocation of the cell. */
export interface RemovalBudget {
  /** Takes a plan's removals, once for each plan id however often it is asked. Spent, it stays so until `resume`. Throws CallFailed. */
  spend(planId: string, removals: number, limit: Pick<Budget, 'removalsPerHour'>): Promise<Allowance>;
  /** A person lets it go on: the count starts anew. Throws CallFailed. */
  resume(asked: Attribution): Promise<void>;
}

/** Leaves that were given. */
export interface Exemptions {
  /** Those about these groups and those about every group; ended and run out ones are left out. Throws CallFailed. */
  active(groupIds: readonly string[]): Promise<readonly Exemption[]>;
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

/** What the ledger holds about some groups at present. */
export interface LedgerState {
  /** Entries that are reserved and not settled. */
  readonly entries: readonly OpenEntry[];
  /** Active exemptions of these groups and of every group. */
  readonly exemptions: readonly Exemption[];
  /** By group; groups without a record are absent. */
  readonly records: ReadonlyMap<string, GroupRecord>;
}

/** The record of what was done: written before the act, closed after it. */
export interface Ledger {
  /**
   * One conditional write; over an entry that failed, and over one that was held where the plan is no longer the budget's: let go by a
   * person, or brought anew by a change. Without `released`, an earlier answer is void. `owner` names the invocation: its own retry resumes at once. Throws CallFailed.
   */
  reserve(plan: Plan, owner: string): Promise<Reservation>;
  /** One entry, consistent with every write before. Throws CallFailed. */
  find(groupId: string, planId: string): Promise<LedgerEntry | undefined>;
  /** Closes the entry; the first to close it is right. What is `pending` or `held` is found by `waiting` then. Throws CallFailed, InputInvalid for what was never reserved. */
  settle(outcome: Outcome): Promise<void>;
  /** All of a group's entries, newest first: up to 400 days of them, so it is read on rare occasions only, never with every change. Throws CallFailed. */
  entries(groupId: string): Promise<readonly LedgerEntry[]>;
  /** What the ledger holds about some groups at present, with every write before. Costs the same however long their history. Throws CallFailed. */
  stateOf(groupIds: readonly string[]): Promise<LedgerState>;
}

/** The ledger as the function that grants and the schedule use it. */
export interface FullLedger extends Ledger {
  /** Appends a finished step to the entry's record: of a migration, of an answer. Throws CallFailed. */
  recordStep(entry: LedgerEntry, progress: CompletedStep): Promise<void>;
  /** The entry of a remediation by its sortable id. Throws CallFailed. */
  findById(remediationId: string): Promise<LedgerEntry | undefined>;
  /** The newest remediations of the account, without the canary's. Throws CallFailed. */
  newest(most: number): Promise<readonly LedgerEntry[]>;
  /** Entries that wait for a person, by what they wait for, the oldest first: all of them. Throws CallFailed. */
  waiting(status: 'pending' | 'held'): Promise<readonly LedgerEntry[]>;
  /** Entries whose answer has yet to have its effect, the oldest first: all of them. Throws CallFailed. */
  withOpenAnswer(): Promise<readonly LedgerEntry[]>;
  /** Unsettled entries whose owner had its time. Throws CallFailed. */
  abandoned(): Promise<readonly LedgerEntry[]>;
  /** Records what a person said, once: the first answer stands and is given back. Throws CallFailed, InputInvalid where nothing waits. */
  recordAnswer(entry: LedgerEntry, answer: ApprovalAnswer): Promise<ApprovalAnswer>;
  /** Appends that an answer has had its effect: `answered` no longer finds the entry. Throws CallFailed. */
  completeAnswer(entry: LedgerEntry, progress: CompletedStep): Promise<void>;
  /** Appends to the entry's record. Throws CallFailed. */
  recordGrant(entry: LedgerEntry, followUp: PostRemovalGrant): Promise<void>;
}

/** Why a rule was given back or granted after a removal. */
type GrantKind = 'restore' | 'narrow' | 'revert';

/** Something that was granted after a removal, on the record of that removal. */
export interface PostRemovalGrant extends Attribution {
  readonly kind: GrantKind;
  /** Rules that stand now because of it, with their new ids. */
  readonly granted: readonly Rule[];
  /** Rules that it would not grant, each with the reason. */
  readonly refused: readonly { readonly rule: Rule; readonly reason: string }[];
  /** The exemption that was granted with it. */
  readonly exemption?: Pick<Exemption, 'owner' | 'ticket' | 'until'>;
}

/** What a person said to a pending plan. */
export interface ApprovalAnswer extends Attribution {
  readonly verdict: 'released' | 'declined';
}

/** One finished step of a migration, as it is recorded before the next begins. */
export interface CompletedStep {
  /** Name of the step, unique within its plan, such as `create`, `attach eni-…`. */
  readonly step: string;
  /** What taking it back needs to know. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What CloudTrail itself has recorded. An event only claims; this is AWS's own word. */
export interface CloudTrailHistory {
  /**
   * The change with this event id; undefined where CloudTrail does not have it, or not yet: LookupEvents lags up to 15 minutes. Throws
   * CallFailed, EventUnreadable.
   */
  findChange(eventId: string, region: string): Promise<Change | undefined>;
}

/** Something that an event asks for, and that counts only once CloudTrail has confirmed the event. */
export type PendingConfirmation = {
  /** CloudTrail's id. */
  readonly eventId: string;
  readonly account: string;
  readonly region: string;
  readonly groupId: string;
  /** When it was first to be confirmed, milliseconds since the epoch. */
  readonly since: number;
  /** Why it was not. */
  readonly because: string;
} & (
  | { readonly what: 'exemption'; readonly asked: Attribution }
  /** Rules that a change took away, to be given back after this plan. */
  | { readonly what: 'restore'; readonly planId: string }
);

/** How long something waits to be confirmed before people are told that it was not, ms: four times as long as CloudTrail may lag. */
export const CONFIRM_WITHIN_MS = 3_600_000;

/** What waits, in the ledger. */
export interface Confirmations {
  /** Has it wait; what waits already keeps its `since`. Throws CallFailed. */
  add(one: PendingConfirmation): Promise<void>;
  /** All that waits, the oldest first. Throws CallFailed. */
  pending(): Promise<readonly PendingConfirmation[]>;
  /** It was handed on, or people were told. Throws CallFailed. */
  remove(one: PendingConfirmation): Promise<void>;
}
