import type { Actor } from './change.ts';
import type { Mode } from './control-options.ts';

/**
 * How long a group's first record is provisional: 15 minutes. CloudTrail reports a call within minutes. So if
 * the event of a rule in the first record has not arrived by then, the rule is older than the record.
 */
export const CONFIRMED_AFTER_MS = 900_000;

/** How long own changes are remembered: a day. Their events arrive within minutes. */
const OWN_CHANGES_KEPT_MS = 86_400_000;

/** How long notified rules are remembered: 30 days, as long as the ledger keeps a report. */
const NOTIFIED_KEPT_MS = 30 * 86_400_000;

/**
 * How long a record is kept after its last write: 90 days. The sweep renews the records of existing groups.
 */
export const RECORD_KEPT_MS = 90 * 86_400_000;

/** A rule that the cell itself removed or granted. */
export interface OwnChange {
  readonly what: 'removed' | 'granted';
  /** `sgr-…` */
  readonly ruleId: string;
  /** As `canonicalKey` writes it. */
  readonly content: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A rule that people were notified of or asked about. */
export interface NotifiedRule {
  /** As `canonicalKey` writes it. */
  readonly content: string;
  /** `sgr-…` */
  readonly ruleId: string;
  readonly mode: Extract<Mode, 'alert' | 'approve'>;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A case that was last reported to other systems as open. */
export interface OpenCase {
  readonly caseId: string;
  readonly planId: string;
  /** Time of the report, milliseconds since the epoch. */
  readonly at: number;
}

/** A scheduled re-evaluation of a group. */
export interface Recheck {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly region: string;
  readonly account: string;
  /** A sweep found too many rules to remove, so existing rules need an approval. */
  readonly hold?: true;
}

/** The recorded state of a group. */
export interface GroupRecord {
  readonly groupId: string;
  /**
   * When the contents were first written, milliseconds since the epoch. Absent: never, so no rule is known to
   * be existing.
   */
  readonly since?: number;
  /** Rules that Portcullis has decided about, as `canonicalKey` writes them. */
  readonly contents: ReadonlySet<string>;
  readonly ownChanges: readonly OwnChange[];
  readonly notified: readonly NotifiedRule[];
  readonly openCases: readonly OpenCase[];
  readonly recheck?: Recheck;
  /** After this time the record may be deleted, milliseconds since the epoch. */
  readonly keptUntil: number;
}

/**
 * Additions to a record and removals from it. Sets are merged, so parallel writes do not overwrite each
 * other.
 */
export interface RecordChange {
  /** Contents that have been decided about. */
  readonly add?: readonly string[];
  /** Contents that no longer exist. */
  readonly remove?: readonly string[];
  readonly remember?: Partial<Pick<GroupRecord, 'ownChanges' | 'notified' | 'openCases'>>;
  readonly forget?: Partial<Pick<GroupRecord, 'ownChanges' | 'notified' | 'openCases'>>;
  /**
   * Skips the change if contents were added after this time (milliseconds since the epoch), because the
   * snapshot behind the change may be older.
   */
  readonly unlessAddedSince?: number;
}

/** The store of group records. */
export interface GroupRecords {
  /**
   * A consistent read of the records of these groups. Groups without a record are absent. Throws CallFailed.
   */
  get(groupIds: readonly string[]): Promise<ReadonlyMap<string, GroupRecord>>;
  /** Writes the first contents of a group. Does nothing if there are contents already. Throws CallFailed. */
  begin(first: {
    readonly groupId: string;
    readonly contents: readonly string[];
    readonly since: number;
  }): Promise<void>;
  /** Throws CallFailed. */
  change(groupId: string, change: RecordChange): Promise<void>;
  /**
   * Schedules a re-evaluation of the group. An earlier one that is already scheduled stays. Throws
   * CallFailed.
   */
  scheduleRecheck(groupId: string, recheck: Recheck): Promise<void>;
  /** Groups whose re-evaluation is due. Throws CallFailed. */
  dueForRecheck(): Promise<readonly GroupRecord[]>;
  /** Deletes the scheduled re-evaluation unless it has been scheduled again. Throws CallFailed. */
  completeRecheck(groupId: string, recheck: Recheck): Promise<void>;
}

/** Whether the contents of a record are confirmed. Depends on the age alone, so that no write is needed. */
export function isConfirmed({ since }: Pick<GroupRecord, 'since'>, now: number): boolean {
  return since !== undefined && since + CONFIRMED_AFTER_MS <= now;
}

/**
 * Largest number of own changes in a record, and how many of the newest stay beyond it. An item has at most
 * 400 KB.
 */
const MAX_OWN_CHANGES = 2000;
const OWN_CHANGES_KEPT = 1000;

function tooMany(ours: readonly OwnChange[]): readonly OwnChange[] {
  return ours.length <= MAX_OWN_CHANGES
    ? []
    : ours.toSorted((a, b) => a.at - b.at).slice(0, ours.length - OWN_CHANGES_KEPT);
}

/** What a record can forget because it is old or because there is too much. Undefined: nothing. */
export function outdated(
  { ownChanges: ours, notified: told }: GroupRecord,
  now: number,
): RecordChange['forget'] | undefined {
  const old = {
    ownChanges: [...new Set([...ours.filter(({ at }) => at + OWN_CHANGES_KEPT_MS <= now), ...tooMany(ours)])],
    notified: told.filter(({ at }) => at + NOTIFIED_KEPT_MS <= now),
  };
  return old.ownChanges.length + old.notified.length > 0 ? old : undefined;
}

/**
 * One opening or closing of a rule that is a violation by itself, or a notification of a reopen loop with
 * that opening. Kept for a day.
 */
export interface Episode {
  readonly groupId: string;
  /** As `canonicalKey` writes it. */
  readonly content: string;
  /** `sgr-…`, if the event stated it. */
  readonly ruleId?: string;
  readonly what: 'opened' | 'closed' | 'told';
  /** eventTime of the opening or closing, milliseconds since the epoch. */
  readonly at: number;
  readonly actor?: Actor;
  /** CloudTrail's eventID of the opening or closing. An event that arrives twice is one episode. */
  readonly changeId: string;
}

/** How long episodes are kept: a day. */
export const EPISODES_KEPT_MS = 86_400_000;
