import type { Change } from './change.ts';
import type { Outcome, Plan } from './decision.ts';
import type { Exemption } from './exemption.ts';
import type { Rule } from './group.ts';
import type { Episode, GroupRecord } from './group-record.ts';
import type { Attribution } from './identity.ts';
import type { Budget } from './policy.ts';

/**
 * Result of a reservation.
 * `go`: act. `again`: act again on a plan that failed or was held; the entry keeps its first remediation id
 * (see `find`).
 * `resume`: finish what this invocation or a crashed one began. `busy`: another invocation holds the plan.
 * `settled`: nothing to do. `held`: wait for a person, because the plan still counts against the budget.
 */
export type Reservation = 'go' | 'again' | 'resume' | 'busy' | 'settled' | 'held';

/** An entry of the ledger that is not settled. */
export interface OpenEntry {
  readonly plan: Plan;
  /** The invocation that reserved the plan. */
  readonly owner: string;
  /** End of the owner's lease, milliseconds since the epoch; 0 after the entry is settled. */
  readonly heldUntil: number;
}

/** An entry of the ledger. */
export interface LedgerEntry extends OpenEntry {
  readonly outcome?: Outcome;
  readonly answer?: ApprovalAnswer;
  readonly postRemovalGrants: readonly PostRemovalGrant[];
  readonly completedSteps: readonly CompletedStep[];
}

/**
 * Result of a request for budget. `taken`: the plan may proceed. `held`: the budget is spent. `spent`: the
 * same, and this plan is the first to find it spent, so people are notified.
 */
export type Allowance = 'taken' | 'held' | 'spent';

/** The limit of removals of existing rules. All invocations of the cell share it. */
export interface RemovalBudget {
  /**
   * Counts the removals of a plan once for each plan id. A spent budget stays spent until `resume`. Throws
   * CallFailed.
   */
  spend(planId: string, removals: number, limit: Pick<Budget, 'removalsPerHour'>): Promise<Allowance>;
  /** Resets the count after a person resumed the budget. Throws CallFailed. */
  resume(asked: Attribution): Promise<void>;
}

/** The store of exemptions. */
export interface Exemptions {
  /** Active exemptions of these groups and of every group. Throws CallFailed. */
  active(groupIds: readonly string[]): Promise<readonly Exemption[]>;
  /** All exemptions, newest first, including recently ended ones. Throws CallFailed. */
  all(): Promise<readonly Exemption[]>;
  find(id: string): Promise<Exemption | undefined>;
  /**
   * Writes or overwrites an exemption. Its group cannot change, and an ended exemption stays ended. Throws
   * CallFailed.
   */
  put(exemption: Exemption): Promise<void>;
}

/** The store of episodes. */
export interface Episodes {
  /** Idempotent: writes each episode once. Throws CallFailed. */
  record(episodes: readonly Episode[]): Promise<void>;
  /** The episodes of a group of the last 24 hours, oldest first. Throws CallFailed. */
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

/** The record of all plans. An entry is written before the plan is carried out, and settled after it. */
export interface Ledger {
  /**
   * Reserves a plan with one conditional write. Overwrites an entry that failed. Also overwrites a held entry
   * if the plan no longer counts against the budget, because a person approved it or a change added the rules
   * again. A plan without `approved` voids an earlier answer. `owner` is the invocation, whose own retry
   * resumes at once. Throws CallFailed.
   */
  reserve(plan: Plan, owner: string): Promise<Reservation>;
  /** A consistent read of one entry. Throws CallFailed. */
  find(groupId: string, planId: string): Promise<LedgerEntry | undefined>;
  /**
   * Settles the entry; the first outcome stands. `waiting` then finds `pending` and `held` outcomes. Throws
   * CallFailed, or InputInvalid if the plan was never reserved.
   */
  settle(outcome: Outcome): Promise<void>;
  /**
   * All entries of a group, newest first, of up to 400 days. Too expensive to read with every change. Throws
   * CallFailed.
   */
  entries(groupId: string): Promise<readonly LedgerEntry[]>;
  /**
   * What the ledger holds about some groups at present, with every write before. Costs the same however long
   * their history. Throws CallFailed.
   */
  stateOf(groupIds: readonly string[]): Promise<LedgerState>;
}

/** The ledger for on-grant and on-schedule. */
export interface FullLedger extends Ledger {
  /** Appends a completed step, of a migration or of an answer, to the entry. Throws CallFailed. */
  recordStep(entry: LedgerEntry, progress: CompletedStep): Promise<void>;
  /** The entry of a remediation id. Throws CallFailed. */
  findById(remediationId: string): Promise<LedgerEntry | undefined>;
  /** The newest remediations of the account, without those of the canary. Throws CallFailed. */
  newest(most: number): Promise<readonly LedgerEntry[]>;
  /** All entries that need an approval, oldest first. Throws CallFailed. */
  waiting(status: 'pending' | 'held'): Promise<readonly LedgerEntry[]>;
  /** All entries whose answer has not been carried out yet, oldest first. Throws CallFailed. */
  withOpenAnswer(): Promise<readonly LedgerEntry[]>;
  /** Unsettled entries whose lease has expired. Throws CallFailed. */
  abandoned(): Promise<readonly LedgerEntry[]>;
  /**
   * Records a person's answer. The first answer stands and is returned. Throws CallFailed, or InputInvalid if
   * the entry does not wait for an answer.
   */
  recordAnswer(entry: LedgerEntry, answer: ApprovalAnswer): Promise<ApprovalAnswer>;
  /**
   * Records that an answer was carried out, so that `withOpenAnswer` no longer finds the entry. Throws
   * CallFailed.
   */
  completeAnswer(entry: LedgerEntry, progress: CompletedStep): Promise<void>;
  /** Appends a grant to the entry. Throws CallFailed. */
  recordGrant(entry: LedgerEntry, followUp: PostRemovalGrant): Promise<void>;
}

/** Why a rule was restored or granted after a removal. */
type GrantKind = 'restore' | 'narrow' | 'revert';

/** Rules that were granted after a removal, recorded with the removal. */
export interface PostRemovalGrant extends Attribution {
  readonly kind: GrantKind;
  /** Rules that exist now because of the grant, with their new ids. */
  readonly granted: readonly Rule[];
  /** Rules that were not granted, each with the reason. */
  readonly refused: readonly { readonly rule: Rule; readonly reason: string }[];
  /** The exemption that was granted with the rules. */
  readonly exemption?: Pick<Exemption, 'owner' | 'ticket' | 'until'>;
}

/** A person's answer to a pending plan. */
export interface ApprovalAnswer extends Attribution {
  readonly verdict: 'released' | 'declined';
}

/** A completed step of a migration or an answer. It is recorded before the next step begins. */
export interface CompletedStep {
  /** Name of the step, unique within the plan, such as `create` or `attach eni-…`. */
  readonly step: string;
  /** What undoing the step needs to know. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** CloudTrail's event history. It confirms what an event claims. */
export interface CloudTrailHistory {
  /**
   * The change with this event id. Undefined if CloudTrail does not have it yet: LookupEvents lags up to 15
   * minutes. Throws CallFailed or EventUnreadable.
   */
  findChange(eventId: string, region: string): Promise<Change | undefined>;
}

/** A request of an event that counts only after CloudTrail has confirmed the event. */
export type PendingConfirmation = {
  /** CloudTrail's id. */
  readonly eventId: string;
  readonly account: string;
  readonly region: string;
  readonly groupId: string;
  /** When the confirmation was first tried, milliseconds since the epoch. */
  readonly since: number;
  /** Why it was not confirmed yet. */
  readonly because: string;
} & (
  | { readonly what: 'exemption'; readonly asked: Attribution }
  /** Rules that a change removed, to be restored after this plan. */
  | { readonly what: 'restore'; readonly planId: string }
);

/**
 * How long a request waits for its confirmation before people are notified: four times CloudTrail's largest
 * lag.
 */
export const CONFIRM_WITHIN_MS = 3_600_000;

/** The requests in the ledger that wait for their confirmation. */
export interface Confirmations {
  /** Adds a request. A request that waits already keeps its `since`. Throws CallFailed. */
  add(one: PendingConfirmation): Promise<void>;
  /** All waiting requests, oldest first. Throws CallFailed. */
  pending(): Promise<readonly PendingConfirmation[]>;
  /** Removes a request that was handled, or that people were notified of. Throws CallFailed. */
  remove(one: PendingConfirmation): Promise<void>;
}
