import type { Actor } from './change.ts';
import type { Mode } from './control-options.ts';

/**
 * How long a group's first record is provisional, ms: 15 minutes. CloudTrail reports a call within minutes, so a rule that was already in
 * the first record and whose own event has not come by then was there before.
 */
export const CONFIRMED_AFTER_MS = 900_000;

/** How long own changes are remembered, ms: a day. Their events come within minutes. */
const OWN_CHANGES_KEPT_MS = 86_400_000;

/** How long it is remembered that people were told of a rule, ms: 30 days, as long as the ledger keeps a report. */
const NOTIFIED_KEPT_MS = 30 * 86_400_000;

/** How long a record outlives its last write, ms: 90 days. The sweep renews the records of the groups that it sees. */
export const RECORD_KEPT_MS = 90 * 86_400_000;

/** A rule that the cell removed or granted itself. */
export interface OwnChange {
  readonly what: 'removed' | 'granted';
  /** `sgr-…` */
  readonly ruleId: string;
  /** As `canonicalKey` writes it. */
  readonly content: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A rule that people were alerted to or asked about. */
export interface NotifiedRule {
  /** As `canonicalKey` writes it. */
  readonly content: string;
  /** `sgr-…` */
  readonly ruleId: string;
  readonly mode: Extract<Mode, 'alert' | 'approve'>;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A case that other systems were last told of as open. */
export interface OpenCase {
  readonly caseId: string;
  readonly planId: string;
  /** When they were told, milliseconds since the epoch. */
  readonly at: number;
}

/** When a group is to be looked at again, and where it is. */
export interface Recheck {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly region: string;
  readonly account: string;
  /** A sweep found too much at once: existing rules are held for a person, not closed. */
  readonly hold?: true;
}

/** What the cell remembers of one group. */
export interface GroupRecord {
  readonly groupId: string;
  /** When the contents were first written, milliseconds since the epoch; absent: never, so nothing is known to be existing. */
  readonly since?: number;
  /** Rules whose decision is on record, as `canonicalKey` writes them. */
  readonly contents: ReadonlySet<string>;
  readonly ownChanges: readonly OwnChange[];
  readonly notified: readonly NotifiedRule[];
  readonly openCases: readonly OpenCase[];
  readonly recheck?: Recheck;
  /** After this time the record may be deleted, milliseconds since the epoch. */
  readonly keptUntil: number;
}

/** What is added to a record and taken from it. Sets are merged: no write undoes a parallel one. */
export interface RecordChange {
  /** Contents whose decision is on record now. */
  readonly add?: readonly string[];
  /** Contents that are gone. */
  readonly remove?: readonly string[];
  readonly remember?: Partial<Pick<GroupRecord, 'ownChanges' | 'notified' | 'openCases'>>;
  readonly forget?: Partial<Pick<GroupRecord, 'ownChanges' | 'notified' | 'openCases'>>;
  /**
   * Changes nothing where contents were added after this time (milliseconds since the epoch): the snapshot behind this change may be
   * older than they are.
   */
  readonly unlessAddedSince?: number;
}

/** What the cell remembers of each group: see `GroupRecord`. */
export interface GroupRecords {
  /** The records of these groups, consistent with every write before; groups without one are absent. Throws CallFailed. */
  get(groupIds: readonly string[]): Promise<ReadonlyMap<string, GroupRecord>>;
  /** Writes the first contents of a group, once: where there are contents already, nothing changes. Throws CallFailed. */
  begin(first: {
    readonly groupId: string;
    readonly contents: readonly string[];
    readonly since: number;
  }): Promise<void>;
  /** Throws CallFailed. */
  change(groupId: string, change: RecordChange): Promise<void>;
  /** Has the group looked at again at that time, or earlier where that is due already. Throws CallFailed. */
  scheduleRecheck(groupId: string, recheck: Recheck): Promise<void>;
  /** Groups that are due to be looked at again. Throws CallFailed. */
  dueForRecheck(): Promise<readonly GroupRecord[]>;
  /** Forgets that the group is due, unless it has been made due anew. Throws CallFailed. */
  completeRecheck(groupId: string, recheck: Recheck): Promise<void>;
}

/** Whether the contents of a record are confirmed: by age alone, so that no write is needed for it. */
export function isConfirmed({ since }: Pick<GroupRecord, 'since'>, now: number): boolean {
  return since !== undefined && since + CONFIRMED_AFTER_MS <= now;
}

/** Most own changes that a record keeps, and how many of the newest stay when it has more: a record may take 400 KB. */
const MAX_OWN_CHANGES = 2000;
const OWN_CHANGES_KEPT = 1000;

function tooMany(ours: readonly OwnChange[]): readonly OwnChange[] {
  return ours.length <= MAX_OWN_CHANGES
    ? []
    : ours.toSorted((a, b) => a.at - b.at).slice(0, ours.length - OWN_CHANGES_KEPT);
}

/** What a record need not remember any longer, or has no room for. Undefined: nothing. */
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
 * One opening or closing of something that would be a violation by itself, as an event told it; or that people were told of a fight with
 * that opening in it. Kept for a day.
 */
export interface Episode {
  readonly groupId: string;
  /** What was let through, as `canonicalKey` writes it. */
  readonly content: string;
  /** `sgr-…`, where the event told it. */
  readonly ruleId?: string;
  readonly what: 'opened' | 'closed' | 'told';
  /** eventTime of the opening or closing, milliseconds since the epoch. */
  readonly at: number;
  readonly actor?: Actor;
  /** CloudTrail's eventID of the opening or closing: an event that comes twice is one episode. */
  readonly changeId: string;
}

/** How long episodes are kept and count, ms: a day. */
export const EPISODES_KEPT_MS = 86_400_000;
