import type { Change } from './change.ts';
import type { Mode } from './control-options.ts';
import type { Decision, NotificationDecision, Outcome, Plan, Withheld } from './decision.ts';
import type { Grants, SecurityGroups, Snapshot, Vpcs } from './ec2.ts';
import type { RemediatorError } from './errors.ts';
import type { Rule } from './group.ts';
import type { GroupRecords } from './group-record.ts';
import type { GrantQueue, ReevaluationQueue } from './invocations.ts';
import type {
  CloudTrailHistory,
  Confirmations,
  Episodes,
  Exemptions,
  FullLedger,
  Ledger,
  RemovalBudget,
  Reservation,
} from './ledger.ts';
import type { AlertBursts, Notification } from './notification.ts';
import type { NotDecidedReason, NotRemovedReason, SkippedReason } from './reasons.ts';
import type { Clock } from './runtime.ts';

/** Notifies people, at least once for each outcome. The plan's id removes duplicates. */
export interface Notifier {
  /** Throws CallFailed. */
  publish(outcome: Outcome): Promise<void>;
  /** Throws CallFailed. */
  notify(news: Notification): Promise<void>;
}

/** Failures that do not stop an invocation. They go into logs and metrics. */
export type CellLogEntry =
  /** The topic of Amazon Q rejected a notification permanently. */
  | { readonly what: 'chat-refused'; readonly dedupId: string; readonly fault: RemediatorError }
  /** The runtime switch could not be read or is invalid. `instead`: the mode that applies. */
  | { readonly what: 'switch-unread'; readonly fault: RemediatorError; readonly instead: Mode }
  /** The account alias could not be read, so messages have the account number. */
  | { readonly what: 'alias-unread'; readonly fault: RemediatorError };

/** The alias of the account. */
export interface AccountAlias {
  /** Undefined if there is none, or if it could not be read, which is logged. */
  alias(): Promise<string | undefined>;
}

/** An outcome as it is reported to other systems. */
export interface ReportedOutcome extends Outcome {
  /**
   * The same for the same rules of a group, whatever the mode. The last outcome of a case is its current
   * state.
   */
  readonly caseId: string;
}

/**
 * Publishes findings for other systems, at least once for each outcome. A later outcome of a case replaces
 * the earlier.
 */
export interface FindingsPublisher {
  /** Throws CallFailed, or Unfinished if several destinations failed. */
  publish(outcome: ReportedOutcome): Promise<void>;
}

/** The runtime switch. */
export interface RuntimeSwitch {
  /**
   * The highest mode now; `enforce` if no switch is set or it has expired. Does not throw if the switch
   * cannot be read.
   */
  ceiling(): Promise<Mode>;
}

/** The steps of the main flow. They go into logs and metrics. */
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
  /** Exemption tags that count only after CloudTrail confirms who set them. */
  | { readonly what: 'unconfirmed'; readonly change: Change; readonly because: string }
  /** The alert burst could not be counted, so the outcome got its own message. */
  | { readonly what: 'not-counted'; readonly outcome: Outcome; readonly fault: unknown }
  /** Another system rejected the outcome permanently, or no later attempt will report it. */
  | { readonly what: 'unreported'; readonly outcome: Outcome; readonly fault: RemediatorError };

/** What the main flow needs from outside. */
export interface RemediationPorts {
  readonly groups: SecurityGroups;
  readonly ledger: Ledger;
  readonly notifier: Notifier;
  /** Absent: findings are not published. */
  readonly findings?: FindingsPublisher;
  readonly budget: Pick<RemovalBudget, 'spend'>;
  readonly exemptions: Pick<Exemptions, 'active' | 'put'>;
  readonly episodes: Episodes;
  readonly records: Pick<GroupRecords, 'get' | 'begin' | 'change' | 'scheduleRecheck'>;
  readonly bursts: Pick<AlertBursts, 'admit'>;
  readonly trail: CloudTrailHistory;
  readonly confirmations: Pick<Confirmations, 'add'>;
  readonly grantQueue: GrantQueue;
  readonly runtimeSwitch: RuntimeSwitch;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  readonly journal: (entry: JournalEntry) => void;
}

/** What the workflows of on-grant need from outside. */
export interface GrantPorts {
  /** The EC2 ports of a region. */
  readonly region: (name: string) => {
    readonly groups: Pick<SecurityGroups, 'fetchSnapshot'>;
    readonly grants: Grants;
    readonly vpcs: Vpcs;
  };
  readonly ledger: FullLedger;
  readonly exemptions: Exemptions;
  readonly records: Pick<GroupRecords, 'change'>;
  readonly budget: Pick<RemovalBudget, 'resume'>;
  readonly notifier: Notifier;
  readonly reevaluation: ReevaluationQueue;
  readonly trail: CloudTrailHistory;
  readonly confirmations: Pick<Confirmations, 'add'>;
  readonly runtimeSwitch: RuntimeSwitch;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
}
