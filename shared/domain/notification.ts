import type { OutcomeStatus } from './decision.ts';
import type { Exemption, ModesAfterExemption } from './exemption.ts';
import type { Severity } from './finding.ts';
import type { Attribution } from './identity.ts';
import type { ApprovalAnswer, LedgerEntry, PostRemovalGrant } from './ledger.ts';
import type { Budget } from './policy.ts';

/** Where something was found. */
interface NotificationLocation {
  readonly account: string;
  readonly region: string;
}

/** Something that people are told besides what became of a plan. `id` names it: a second message with the same one says nothing new. */
export type Notification = { readonly id: string } & (
  | { readonly what: 'granted'; readonly entry: LedgerEntry; readonly followUp: PostRemovalGrant }
  | { readonly what: 'answered'; readonly entry: LedgerEntry; readonly answer: ApprovalAnswer }
  | {
      readonly what: 'migrated' | 'migration-stopped' | 'rolled-back';
      readonly entry: LedgerEntry;
      readonly because: readonly string[];
    }
  | {
      readonly what: 'exempted' | 'expiring' | 'expired' | 'exemption-ended';
      readonly exemption: Exemption;
      /** What becomes of its rules when it ends; absent where that is not known. */
      readonly afterwards?: ModesAfterExemption;
      /** Rules of the same remediation that the same request gave the same leave, besides that one. */
      readonly others?: number;
    }
  | {
      readonly what: 'exemption-ignored';
      /** Of the first that was tagged. */
      readonly groupId: string;
      /** Groups and rules that were tagged by the same call in vain, for the same reason, besides that. */
      readonly others: number;
      readonly because: string;
      readonly asked: Attribution;
    }
  | { readonly what: 'budget-resumed'; readonly asked: Attribution; readonly released: number }
  | { readonly what: 'acknowledged'; readonly entry: LedgerEntry; readonly asked: Attribution }
  /** Outcomes that people were not told of one by one, from the start of the first minute to the end of the last. */
  | {
      readonly what: 'storm';
      readonly account: string;
      readonly from: number;
      readonly until: number;
      readonly gists: readonly DigestEntry[];
    }
  | { readonly what: 'digest'; readonly account: string; readonly tally: Tally }
  /** AWS Config does not record each change of a security group, though there are rules of ours. */
  | ({ readonly what: 'not-recorded'; readonly because: readonly string[] } & NotificationLocation)
  /** A sweep found more to close than the policy lets it: `closing` of `groups`, above `sweepShare`. */
  | ({ readonly what: 'sweep-held' } & NotificationLocation &
      Pick<Tally, 'groups' | 'closing'> &
      Pick<Budget, 'sweepShare'>)
);

const MINUTE_MS = 60_000;

/** How long after its end a minute still takes outcomes of its own, ms: twice as long as a function that acts may run. */
export const BURST_GRACE_MS = 120_000;

/** Start of the minute that a moment is in, milliseconds since the epoch. */
export function minuteStart(ms: number): number {
  return ms - (ms % MINUTE_MS);
}

/** End of a minute, which is the start of the next. */
export function minuteEnd(minute: number): number {
  return minute + MINUTE_MS;
}

/** Whether a minute takes no more outcomes. */
export function isMinuteOver(minute: number, now: number): boolean {
  return now >= minuteEnd(minute) + BURST_GRACE_MS;
}

/** Names an outcome among others: a plan that was held, and told, may be done later. */
export function digestEntryKey({ id, status }: Pick<DigestEntry, 'id' | 'status'>): string {
  return `${id} ${status}`;
}

/** What a storm's digest says of one outcome. */
export interface DigestEntry {
  /** Of the plan. */
  readonly id: string;
  readonly remediationId: string;
  readonly status: OutcomeStatus;
  readonly severity: Severity;
  readonly control: string;
  readonly groupId: string;
  readonly groupName: string;
  readonly account: string;
  readonly region: string;
  /** As people know the actor; absent where the event does not tell. */
  readonly actor?: string;
  /** Number of rules. */
  readonly rules: number;
  /** When it was planned, milliseconds since the epoch: the same however often it is tried. */
  readonly at: number;
}

/** Whether somebody has to act on it: such outcomes have room of their own in a minute, so that a flood of others does not crowd them out. */
export function callsPeople({ status }: Pick<DigestEntry, 'status'>): boolean {
  return status === 'failed' || status === 'pending';
}

/** Outcomes of one minute that people were not told of one by one. */
export interface AlertBurst {
  /** Start of the minute, milliseconds since the epoch. */
  readonly minute: number;
  /** When it was closed, milliseconds since the epoch; the same each time that it is read. What is closed together is told together. */
  readonly closedAt: number;
  readonly gists: readonly DigestEntry[];
}

/** Keeps a flood of messages from people. What is gathered is on record before the entry is settled, and told by the schedule. */
export interface AlertBursts {
  /**
   * Whether an outcome is told by itself: up to `perMinute` of them are in a minute, and as many of those that call people; else its gist is
   * gathered. The same outcome gets the same answer again. One whose minute is over counts in the present one. Throws CallFailed.
   */
  admit(gist: DigestEntry, perMinute: number): Promise<'alone' | 'gathered'>;
  /**
   * Storms whose minute is over, the oldest first, each closed: nothing comes to it any more. Not all at once where there are very many.
   * Throws CallFailed, InputInvalid.
   */
  finished(): Promise<readonly AlertBurst[]>;
  /** Forgets a storm that people were told of. Throws CallFailed. */
  remove(storm: AlertBurst): Promise<void>;
}

/** What becomes of what a sweep found: it is only observed; people were told or asked; it is being closed, or held. */
export type TallyStatus = 'observed' | 'open' | 'closing';

/** What one control found in the groups of one owner. */
export interface TallyLine {
  readonly standing: TallyStatus;
  readonly control: string;
  /** The tag `owner` of the groups; absent where they have none. */
  readonly owner?: string;
  readonly groups: number;
  readonly rules: number;
}

/** One finding, for the list of the worst. */
export interface TallyItem {
  readonly standing: TallyStatus;
  readonly control: string;
  readonly severity: Severity;
  readonly groupId: string;
  readonly groupName: string;
  readonly region: string;
  readonly owner?: string;
  readonly rules: number;
}

/** What a sweep has counted. Bounded, however many groups there are: parts of a sweep hand it on to each other. */
export interface Tally {
  /** Groups seen. */
  readonly groups: number;
  /** Groups that would have rules removed that were there before. */
  readonly closing: number;
  readonly lines: readonly TallyLine[];
  readonly worst: readonly TallyItem[];
}
