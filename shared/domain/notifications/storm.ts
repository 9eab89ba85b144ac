import type { Severity } from '../controls/finding.ts';
import type { OutcomeStatus } from '../decision.ts';

const MINUTE_MS = 60_000;

/** How long after its end a minute still takes outcomes of its own, ms: twice as long as a function that acts may run. */
export const STORM_GRACE_MS = 120_000;

/** Start of the minute that a moment is in, milliseconds since the epoch. */
export const minuteOf = (ms: number): number => ms - (ms % MINUTE_MS);

/** End of a minute, which is the start of the next. */
export const endOf = (minute: number): number => minute + MINUTE_MS;

/** Whether a minute takes no more outcomes. */
export const isOver = (minute: number, now: number): boolean => now >= endOf(minute) + STORM_GRACE_MS;

/** Names an outcome among others: a plan that was held, and told, may be done later. */
export const gistKey = ({ id, status }: Pick<Gist, 'id' | 'status'>): string => `${id} ${status}`;

/** What a storm's digest says of one outcome. */
export interface Gist {
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
export const callsPeople = ({ status }: Pick<Gist, 'status'>): boolean => status === 'failed' || status === 'pending';

/** Outcomes of one minute that people were not told of one by one. */
export interface Storm {
  /** Start of the minute, milliseconds since the epoch. */
  readonly minute: number;
  /** When it was closed, milliseconds since the epoch; the same each time that it is read. What is closed together is told together. */
  readonly closedAt: number;
  readonly gists: readonly Gist[];
}

/** Keeps a flood of messages from people. What is gathered is on record before the entry is settled, and told by the schedule. */
export interface Storms {
  /**
   * Whether an outcome is told by itself: up to `perMinute` of them are in a minute, and as many of those that call people; else its gist is
   * gathered. The same outcome gets the same answer again. One whose minute is over counts in the present one. Throws CallFailed.
   */
  admit(gist: Gist, perMinute: number): Promise<'alone' | 'gathered'>;
  /**
   * Storms whose minute is over, the oldest first, each closed: nothing comes to it any more. Not all at once where there are very many.
   * Throws CallFailed, InputInvalid.
   */
  over(): Promise<readonly Storm[]>;
  /** Forgets a storm that people were told of. Throws CallFailed. */
  told(storm: Storm): Promise<void>;
}
