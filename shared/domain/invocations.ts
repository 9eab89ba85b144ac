import type { LedgerEntry } from './ledger.ts';
import type { Tally } from './notification.ts';

/** A request for a sweep, or for the rest of a sweep. */
export interface SweepRequest {
  readonly do: 'sweep';
  /** Whether people get the daily digest at the end. */
  readonly digest: boolean;
  /** The rest of the sweep; absent for a new sweep. */
  readonly rest?: SweepRemainder;
}

/** The rest of a sweep that the next invocation continues. */
export interface SweepRemainder {
  /** Remaining regions. `after` is the page token in the first of them. */
  readonly regions: readonly string[];
  readonly after?: string;
  /** Counts of all regions so far. */
  readonly tally: Tally;
  /** Counts of the first remaining region, because the share limit is per region. */
  readonly share: Pick<Tally, 'groups' | 'closing'>;
  /** Failures of earlier parts. The last part throws them. */
  readonly faults?: readonly string[];
}

/** Invokes on-schedule to continue a sweep. */
export interface SweepQueue {
  /** Asynchronous, at least once. A part that runs twice finds nothing new. Throws CallFailed. */
  continueSweep(request: SweepRequest): Promise<void>;
}

/** Invokes on-grant after a removal. Asynchronous, at least once. */
export interface GrantQueue {
  /** Throws CallFailed. */
  requestGrants(groupId: string, planId: string): Promise<void>;
}

/** Invokes on-grant to add the canary's marker. Asynchronous, at least once. */
export interface CanaryQueue {
  /** Throws CallFailed. */
  requestMarker(region: string): Promise<void>;
}

/** Invokes on-change to evaluate groups again. Asynchronous, at least once. */
export interface ReevaluationQueue {
  /** Throws CallFailed. */
  requestApproved(entry: LedgerEntry): Promise<void>;
  /**
   * Evaluates groups as the sweep does. `hold`: the removal of existing rules needs an approval. Throws
   * CallFailed.
   */
  requestEvaluation(groupIds: readonly string[], region: string, limit?: 'hold'): Promise<void>;
  /** Handles CloudTrail's own record of an event. Throws CallFailed. */
  requestReplay(eventId: string, region: string): Promise<void>;
  /** Removes the temporary grants of a migration, which on-grant cannot remove itself. Throws CallFailed. */
  requestRevokeOfGrants(entry: LedgerEntry): Promise<void>;
}

/** Asks on-schedule to have a marker added in each of its regions. */
export interface CanaryRequest {
  readonly do: 'canary';
}

/**
 * A request to on-change, from on-grant, on-schedule, on-config or a person who redrives. It only points to
 * groups: the rules are read from EC2, approvals from the ledger, and events from CloudTrail.
 */
export type ReevaluationRequest =
  | { readonly do: 'release' | 'take-back'; readonly groupId: string; readonly planId: string }
  | {
      readonly do: 'look';
      readonly groupIds: readonly string[];
      readonly region: string;
      /** The removal of existing rules needs an approval. */
      readonly hold?: true;
      /**
       * CloudTrail's id of an event. If CloudTrail has the event, its record is handled instead of the
       * groups.
       */
      readonly eventId?: string;
    };
