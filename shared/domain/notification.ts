import type { OutcomeStatus } from './decision.ts';
import type { Exemption, ModesAfterExemption } from './exemption.ts';
import type { Severity } from './finding.ts';
import type { AccountRegion } from './group.ts';
import type { Attribution } from './identity.ts';
import type { ApprovalAnswer, LedgerEntry, PostRemovalGrant } from './ledger.ts';
import type { Budget } from './policy.ts';

/**
 * A notification that is not the outcome of a plan. A second notification with the same id is a duplicate.
 */
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
      /** Modes of the rules after the exemption; absent if unknown. */
      readonly afterwards?: ModesAfterExemption;
      /** Number of further rules of the remediation that the same request exempted. */
      readonly others?: number;
    }
  | {
      readonly what: 'exemption-ignored';
      /** Group of the first tagged resource. */
      readonly groupId: string;
      /**
       * Number of further groups and rules that the same call tagged and that are ignored for the same
       * reason.
       */
      readonly others: number;
      readonly because: string;
      readonly asked: Attribution;
    }
  | { readonly what: 'budget-resumed'; readonly asked: Attribution; readonly released: number }
  | { readonly what: 'acknowledged'; readonly entry: LedgerEntry; readonly asked: Attribution }
  /** Outcomes without messages of their own, from the start of the first minute to the end of the last. */
  | {
      readonly what: 'storm';
      readonly account: string;
      readonly from: number;
      readonly until: number;
      readonly gists: readonly DigestEntry[];
    }
  | { readonly what: 'digest'; readonly account: string; readonly tally: Tally }
  /** AWS Config does not record every change of a security group although Portcullis has AWS Config rules. */
  | ({ readonly what: 'not-recorded'; readonly because: readonly string[] } & AccountRegion)
  /**
   * A sweep would remove rules in more groups than the policy allows: `closing` of `groups`, above
   * `sweepShare`.
   */
  | ({ readonly what: 'sweep-held' } & AccountRegion & Pick<Tally, 'groups' | 'closing'> & Pick<Budget, 'sweepShare'>)
);

const MINUTE_MS = 60_000;

/** How long after its end a minute still accepts its outcomes: twice the timeout of a function that acts. */
export const BURST_GRACE_MS = 120_000;

/** Start of the minute of a time, milliseconds since the epoch. */
export function minuteStart(ms: number): number {
  return ms - (ms % MINUTE_MS);
}

/** End of a minute: the start of the next. */
export function minuteEnd(minute: number): number {
  return minute + MINUTE_MS;
}

/** Whether a minute accepts no more outcomes. */
export function isMinuteOver(minute: number, now: number): boolean {
  return now >= minuteEnd(minute) + BURST_GRACE_MS;
}

/** Identifies an outcome. A plan can have several: it may be held first and done later. */
export function digestEntryKey({ id, status }: Pick<DigestEntry, 'id' | 'status'>): string {
  return `${id} ${status}`;
}

/** One outcome in the digest of an alert burst. */
export interface DigestEntry {
  /** Id of the plan. */
  readonly id: string;
  readonly remediationId: string;
  readonly status: OutcomeStatus;
  readonly severity: Severity;
  readonly control: string;
  readonly groupId: string;
  readonly groupName: string;
  readonly account: string;
  readonly region: string;
  /** Name of the actor; absent if the event has none. */
  readonly actor?: string;
  /** Number of rules. */
  readonly rules: number;
  /** Time of the plan, milliseconds since the epoch. The same in every attempt. */
  readonly at: number;
}

/**
 * Whether somebody has to act on an outcome. Such outcomes have their own limit, so that others do not crowd
 * them out.
 */
export function callsPeople({ status }: Pick<DigestEntry, 'status'>): boolean {
  return status === 'failed' || status === 'pending';
}

/** The outcomes of one minute without messages of their own. */
export interface AlertBurst {
  /** Start of the minute, milliseconds since the epoch. */
  readonly minute: number;
  /**
   * When the burst was closed, milliseconds since the epoch. Bursts that are closed together are notified
   * together.
   */
  readonly closedAt: number;
  readonly gists: readonly DigestEntry[];
}

/**
 * Limits the number of messages. The schedule sends a digest of the gathered outcomes, which are stored
 * before settling.
 */
export interface AlertBursts {
  /**
   * Whether an outcome gets its own message: up to `perMinute` outcomes in a minute, and as many that page
   * people. Others are gathered. Idempotent. An outcome whose minute is over counts in the current minute.
   * Throws CallFailed.
   */
  admit(gist: DigestEntry, perMinute: number): Promise<'alone' | 'gathered'>;
  /**
   * Closes the bursts whose minute is over, and returns them, oldest first. If there are very many, returns
   * only a part. Throws CallFailed or InputInvalid.
   */
  finished(): Promise<readonly AlertBurst[]>;
  /** Deletes a burst after people were notified. Throws CallFailed. */
  remove(storm: AlertBurst): Promise<void>;
}

/** The state of a sweep's finding: only observed; notified or asked; being removed, or held. */
export type TallyStatus = 'observed' | 'open' | 'closing';

/** The number of findings of one control in the groups of one owner. */
export interface TallyLine {
  readonly standing: TallyStatus;
  readonly control: string;
  /** The tag `owner` of the groups; absent if they have none. */
  readonly owner?: string;
  readonly groups: number;
  readonly rules: number;
}

/** One finding in the list of the worst. */
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

/** The counts of a sweep. Its size is bounded, because the parts of a sweep pass it on. */
export interface Tally {
  /** Number of groups. */
  readonly groups: number;
  /** Number of groups from which existing rules would be removed. */
  readonly closing: number;
  readonly lines: readonly TallyLine[];
  readonly worst: readonly TallyItem[];
}
