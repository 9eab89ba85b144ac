import type { Change, Scope } from './change.ts';
import type { Facts, Need } from './control.ts';
import type { Mode } from './control-options.ts';
import type { Decision, NotificationDecision, Outcome, Plan, Step, Withheld } from './decision.ts';
import type { FactUnread, RemediatorError } from './errors.ts';
import type { GrantQueue } from './grants.ts';
import type { Group, Rule } from './group.ts';
import type { GroupRecords } from './group-record.ts';
import type {
  CloudTrailHistory,
  Confirmations,
  Episodes,
  Exemptions,
  Ledger,
  RemovalBudget,
  Reservation,
} from './ledger.ts';
import type { AlertBursts, Notification } from './notification.ts';
import type { NotDecidedReason, NotRemovedReason, SkippedReason } from './reasons.ts';

/** One group with the facts that were read about it; a fact that is missing could not be read. */
export interface GroupSnapshot {
  readonly group: Group;
  readonly facts: Partial<Facts>;
}

/** A prefix list that a rule in sight names, apart from its entries. */
export interface PrefixListState {
  /** `pl-…` */
  readonly id: string;
  /** EC2's word, such as `modify-in-progress` or `modify-complete`. */
  readonly state: string;
  /** Absent for lists that AWS manages. */
  readonly version?: number;
  /** Entries of the version that the scope asked for; absent where they could not be read. */
  readonly previousEntries?: readonly string[];
}

/** What a look at the account gave. */
export interface Snapshot {
  readonly groups: readonly GroupSnapshot[];
  readonly unread: readonly FactUnread[];
  /** Absent where no rule names a list. */
  readonly prefixLists?: readonly PrefixListState[];
}

/** What became of the rules of a revoke step. A rule that is in no list is still there as decided, and `fault` says why. */
export interface RevokeResult {
  /** Rules that this call removed, with the ids that they had. Their contents are contents of the step. */
  readonly removed: readonly Rule[];
  /** Rules of the step whose id no longer exists, and that this call did not remove as far as EC2 says. */
  readonly gone: readonly Rule[];
  /** Rules of the step whose id exists with other content. They were not touched. */
  readonly changed: readonly Rule[];
  /** Those of `gone` that an attempt without an answer may have removed. */
  readonly unanswered: readonly Rule[];
  /** What kept the other rules from being removed. */
  readonly fault?: RemediatorError;
}

/** A revoke step. */
export type RevokeStep = Extract<Step, { do: 'revoke' }>;

/** The security groups of one account and region. */
export interface SecurityGroups {
  /** Reads the groups in scope, their rules with prefix lists resolved, and the facts asked for. Unknown groups are absent. Throws CallFailed. */
  fetchSnapshot(scope: Scope, needs: ReadonlySet<Need>): Promise<Snapshot>;
  /**
   * Removes rules by content: a rule goes only if it still is exactly as the step says. One that changed keeps none of the others from
   * being removed. Throws InputInvalid for a rule without an id.
   */
  revoke(step: RevokeStep): Promise<RevokeResult>;
}

/** Where people are told. At least once for each outcome, deduplicated by the plan's id. */
export interface Notifier {
  /** Throws CallFailed. */
  publish(outcome: Outcome): Promise<void>;
  /** Throws CallFailed. */
  notify(news: Notification): Promise<void>;
}

/** What did not go as it should, and stopped nothing: logs and metrics are made of these. */
export type CellLogEntry =
  /** The topic of Amazon Q would not have a notice, for good. */
  | { readonly what: 'chat-refused'; readonly dedupId: string; readonly fault: RemediatorError }
  /** The runtime switch could not be read, or is none: what counts instead. */
  | { readonly what: 'switch-unread'; readonly fault: RemediatorError; readonly instead: Mode }
  /** Messages go by the account's number. */
  | { readonly what: 'alias-unread'; readonly fault: RemediatorError };

/** How people know the account. */
export interface AccountAlias {
  /** Undefined where it has none, or where it could not be read, which the journal is told. */
  alias(): Promise<string | undefined>;
}

/** An outcome as other systems are told it. */
export interface ReportedOutcome extends Outcome {
  /** The same for the same rules of the same group, whatever the mode: what became of them last is how they stand. */
  readonly caseId: string;
}

/** Where findings go for other systems to build on. At least once for each outcome; a later one of the same case replaces it. */
export interface FindingsPublisher {
  /** Throws CallFailed, Unfinished where several of the places refused. */
  publish(outcome: ReportedOutcome): Promise<void>;
}

/** The runtime switch. */
export interface RuntimeSwitch {
  /** The highest mode allowed now; `enforce` where no switch is set or it has expired. Never throws for what cannot be read. */
  ceiling(): Promise<Mode>;
}

/** Time, injected. Milliseconds. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  sleep(ms: number): Promise<void>;
  /** A signal that aborts with a TimeoutError after `ms`, as `AbortSignal.timeout` does. */
  timeout(ms: number): AbortSignal;
}

/** The part of `fetch` that is used, injected. */
export type Fetch = (url: URL, init: RequestInit) => Promise<Response>;

/** What an HTTP call needs from outside. */
export interface Http {
  readonly fetch: Fetch;
  readonly clock: Pick<Clock, 'now' | 'timeout'>;
}

/** Environment variables, injected. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the pipeline tells its observer: logs and metrics are made of these. */
export type JournalEntry =
  | { readonly what: 'change'; readonly change: Change }
  | { readonly what: 'looked'; readonly snapshot: Snapshot; readonly missing: readonly string[] }
  /** Nothing was decided about the change or some of its groups. */
  | { readonly what: 'not-decided'; readonly reason: NotDecidedReason; readonly details: readonly string[] }
  | { readonly what: 'decided'; readonly decisions: readonly Decision[] }
  /** A decision led to no plan; `planId` is the id that its plan would have. */
  | { readonly what: 'withheld'; readonly withheld: Withheld; readonly planId: string }
  | { readonly what: 'planned'; readonly plan: Plan; readonly reservation: Reservation }
  /** This invocation does not carry out the plan. */
  | { readonly what: 'skipped'; readonly plan: Plan; readonly reason: SkippedReason }
  | { readonly what: 'revoked'; readonly plan: Plan; readonly removed: readonly Rule[] }
  /** `notRemoved` is absent if everything that the plan names was removed. */
  | { readonly what: 'settled'; readonly outcome: Outcome; readonly notRemoved?: NotRemovedReason }
  | { readonly what: 'notification'; readonly outcome: Outcome; readonly decision: NotificationDecision }
  /** Exemption tags that count only once CloudTrail confirms who set them. */
  | { readonly what: 'unconfirmed'; readonly change: Change; readonly because: string }
  /** Nobody could say whether it is one of a storm, so it was told by itself. */
  | { readonly what: 'not-counted'; readonly outcome: Outcome; readonly fault: unknown }
  /** Another system would not have it, for good, or no later try will know of it. */
  | { readonly what: 'unreported'; readonly outcome: Outcome; readonly fault: RemediatorError };

/** Everything the pipeline needs from outside. */
export interface RemediationPorts {
  readonly groups: SecurityGroups;
  readonly ledger: Ledger;
  readonly notifier: Notifier;
  /** Absent: they go nowhere. */
  readonly findings?: FindingsPublisher;
  readonly budget: Pick<RemovalBudget, 'spend'>;
  readonly exemptions: Pick<Exemptions, 'active' | 'put'>;
  readonly episodes: Episodes;
  readonly records: Pick<GroupRecords, 'get' | 'begin' | 'change' | 'scheduleRecheck'>;
  readonly storms: Pick<AlertBursts, 'admit'>;
  readonly trail: CloudTrailHistory;
  readonly confirmations: Pick<Confirmations, 'add'>;
  readonly handover: GrantQueue;
  readonly runtimeSwitch: RuntimeSwitch;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  readonly journal: (entry: JournalEntry) => void;
}
