import type { Deliveries } from '../../../shared/domain/delivery.ts';

/** An empty record, invocations on it, and the clock that they share. */
export interface Subject {
  /** Another invocation's view of the same record. */
  readonly open: () => Deliveries;
  readonly clock: { time: number };
}

/** How long a claim stands in these tests, ms. */
export const LEASE_MS = 120_000;

/** Something that every implementation does. */
export interface Clause {
  readonly says: string;
  check(subject: Subject): Promise<void>;
}
