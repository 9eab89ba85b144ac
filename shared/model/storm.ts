import type { OutcomeStatus } from './decision.ts';
import type { Severity } from './finding.ts';

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
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Outcomes of one minute that people were not told of one by one. */
export interface Storm {
  /** Start of the minute, milliseconds since the epoch. */
  readonly minute: number;
  readonly gists: readonly Gist[];
}

/** Keeps a flood of messages from people. What is gathered is on record before the entry is settled, and told by the schedule. */
export interface Storms {
  /**
   * Whether an outcome is told by itself: up to `perMinute` of them are in a minute; else its gist is gathered. The same outcome gets the
   * same answer again. Throws CallFailed.
   */
  admit(gist: Gist, perMinute: number): Promise<'alone' | 'gathered'>;
  /** Storms whose minute is over for good, the oldest first. Throws CallFailed. */
  over(): Promise<readonly Storm[]>;
  /** Forgets a storm that people were told of. Throws CallFailed. */
  told(storm: Storm): Promise<void>;
}
