import type { GroupRecords } from '../../../shared/domain/group-record.ts';
import type { Episodes, Exemptions, FullLedger, RemovalBudget } from '../../../shared/domain/ledger.ts';
import type { AlertBursts } from '../../../shared/domain/notification.ts';

/** What an invocation has of the state that it shares with others. */
export interface State {
  readonly register: FullLedger;
  readonly budget: RemovalBudget;
  readonly exemptions: Exemptions;
  readonly episodes: Episodes;
  readonly records: GroupRecords;
  readonly bursts: AlertBursts;
}

/** An empty state, invocations on it, and the clock that they share. */
export interface Subject {
  /** Another invocation's view of the same state. */
  readonly open: () => State;
  readonly clock: { time: number };
}

/** How long an invocation keeps a plan to itself in these tests, ms. */
export const LEASE_MS = 90_000;

/** Something that every implementation does. */
export interface Clause {
  readonly says: string;
  check(subject: Subject): Promise<void>;
}
