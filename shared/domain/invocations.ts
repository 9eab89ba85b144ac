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

/**
 * The content of a dead-letter queue of the cell: events that EventBridge could not deliver, invocations that
 * failed in all attempts, alerts that no channel accepted.
 */
export type DeadLetterKind = 'event' | 'invocation' | 'alert';

/** A message of a dead-letter queue, as SQS returns it. */
export interface DeadLetter {
  readonly id: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly receipt: string;
}

/** The functions with a dead-letter queue. */
export type DeadLetterRecipient = 'onChange' | 'onGrant' | 'onSchedule' | 'onConfig' | 'onAction';

/** A function that dead letters are for. */
export interface DeadLetterTarget {
  readonly recipient: DeadLetterRecipient;
  /** The name of the function in the dead letter. */
  readonly name: string;
  /** The name with the alias for requests, if the function has one. */
  readonly invokedAs: string;
}

/**
 * How to redrive a dead letter. A queue does not prove who wrote a message, so the message itself is never
 * sent again as an event. Only its ids go into a new request. `nobody`: no request is needed because the work
 * is repeated anyway.
 */
export type RedriveAction =
  | { readonly to: 'function'; readonly functionName: string; readonly request: object }
  | { readonly to: 'config-rule'; readonly rule: string }
  | { readonly to: 'nobody'; readonly because: string };

/** The result of redriving one queue. */
export interface RedriveResult {
  /** Name of the queue in the stack. */
  readonly queue: string;
  /** Number of messages that led to a request and were deleted. With a dry run, the number that would be. */
  readonly sent: number;
  /** Messages that were deleted without a request, each with the reason. */
  readonly dropped: readonly DeadLetterNote[];
  /** Messages that stay in the queue, each with the reason. */
  readonly kept: readonly DeadLetterNote[];
}

/** A message of a queue with the reason for its treatment. */
export interface DeadLetterNote {
  readonly id: string;
  readonly reason: string;
}
