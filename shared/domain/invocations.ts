import type { LedgerEntry } from './ledger.ts';
import type { Tally } from './notification.ts';

/** A sweep, or the part of it that is left. */
export interface SweepRequest {
  readonly do: 'sweep';
  /** Whether people get the daily digest when it is through. */
  readonly digest: boolean;
  /** What an earlier part has left to do. */
  readonly rest?: SweepRemainder;
}

/** What a part of a sweep leaves to the next. */
export interface SweepRemainder {
  /** Regions still to be swept; `after` is where the first of them goes on. */
  readonly regions: readonly string[];
  readonly after?: string;
  /** What was counted up to here, all regions. */
  readonly tally: Tally;
  /** What was counted of the first region: the share is a region's. */
  readonly share: Pick<Tally, 'groups' | 'closing'>;
  /** What earlier parts could not do, in words: one that has no regions left fails with it. */
  readonly faults?: readonly string[];
}

/** Lets the next invocation go on with a sweep. */
export interface SweepQueue {
  /** Asynchronous, at least once: a part that is done twice finds nothing new. Throws CallFailed. */
  continueSweep(request: SweepRequest): Promise<void>;
}

/** Hands a removal on to the function that may grant. Asynchronous, at least once. */
export interface GrantQueue {
  /** Throws CallFailed. */
  requestGrants(groupId: string, planId: string): Promise<void>;
}

/** Has the canary's marker put by the function that may grant. Asynchronous, at least once. */
export interface CanaryQueue {
  /** Throws CallFailed. */
  requestMarker(region: string): Promise<void>;
}

/** Asks on-change to look at groups again. Asynchronous, at least once. */
export interface ReevaluationQueue {
  /** Throws CallFailed. */
  requestApproved(entry: LedgerEntry): Promise<void>;
  /** As the sweep would; with `hold`, what was there before is not closed but held for a person. Throws CallFailed. */
  requestEvaluation(groupIds: readonly string[], region: string, limit?: 'hold'): Promise<void>;
  /** To handle CloudTrail's own record of an event. Throws CallFailed. */
  requestReplay(eventId: string, region: string): Promise<void>;
  /** To remove what a migration granted for its own time, as the entry's record has it: whoever grants cannot remove. Throws CallFailed. */
  requestRevokeOfGrants(entry: LedgerEntry): Promise<void>;
}

/** What the schedule is told where a marker is to be put in each of its regions. */
export interface CanaryRequest {
  readonly do: 'canary';
}

/**
 * What on-change is asked to do besides reading events: by on-grant, on-schedule, on-config, and a person who redrives. A request only
 * points: what is open is read from EC2, what was approved from the ledger, and what an event said from CloudTrail.
 */
export type ReevaluationRequest =
  | { readonly do: 'release' | 'take-back'; readonly groupId: string; readonly planId: string }
  | {
      readonly do: 'look';
      readonly groupIds: readonly string[];
      readonly region: string;
      /** What was there before is not closed but held until a person lets it go on. */
      readonly hold?: true;
      /** CloudTrail's id of an event: where CloudTrail has it, its own record is handled, not the groups. */
      readonly eventId?: string;
    };
