import type { Change } from './change.ts';
import type { Mode } from './control-options.ts';
import type { Decision, Outcome, Plan, Withheld } from './decision.ts';
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
import type { AlertBursts, DigestEntry, Notification } from './notification.ts';
import type { Clock } from './runtime.ts';

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

/** What the pipeline tells its observer: logs and metrics are made of these. */
export type JournalEntry =
  | { readonly what: 'change'; readonly change: Change }
  | { readonly what: 'looked'; readonly snapshot: Snapshot; readonly missing: readonly string[] }
  /** Groups of other accounts, left to those: one reason for each. */
  | { readonly what: 'not-owned'; readonly reasons: readonly string[] }
  | { readonly what: 'decided'; readonly decisions: readonly Decision[] }
  /** Found, and not acted on now. */
  | { readonly what: 'withheld'; readonly withheld: Withheld }
  | { readonly what: 'planned'; readonly plan: Plan; readonly reservation: Reservation }
  | { readonly what: 'revoked'; readonly plan: Plan; readonly removed: readonly Rule[] }
  | { readonly what: 'settled'; readonly outcome: Outcome }
  /** Exemption tags that count only once CloudTrail confirms who set them. */
  | { readonly what: 'unconfirmed'; readonly change: Change; readonly because: string }
  /** Kept for the digest of a storm in place of a message of its own. */
  | { readonly what: 'gathered'; readonly entry: DigestEntry }
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

/** Everything that granting needs from outside. */
export interface GrantPorts {
  /** Groups of a region, to read and to grant in. */
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
