import type { Actor, Change } from './change.ts';
import type { Limit, Mode, RemedyId } from './control-options.ts';
import type { RemediatorError } from './errors.ts';
import type { Finding } from './finding.ts';
import type { Direction, GroupIdentity, InterfaceOwner, Rule } from './group.ts';
import type { Attribution } from './identity.ts';
import type { SuppressReason, WithheldReason } from './reasons.ts';

/** What a group is attached to, in short, as the first 1,000 interfaces tell. */
export interface AttachmentSummary {
  readonly interfaces: number;
  /** Interfaces by what they belong to, the most first. */
  readonly kinds: readonly { readonly kind: InterfaceOwner; readonly count: number }[];
  /** The first few, `i-…`, and `eni-…` of what is no instance. */
  readonly ids: readonly string[];
  /** Whether one of them has a public address. */
  readonly hasPublicAddress: boolean;
}

/** What is to happen to some rules of one group, with every reason for it. */
export interface Decision {
  readonly group: GroupIdentity;
  readonly rules: readonly Rule[];
  /** Number of the group's rules that it does not name. */
  readonly otherRuleCount: number;
  readonly findings: readonly Finding[];
  /** The highest effective mode of the reasons. */
  readonly mode: Mode;
  readonly remedy: RemedyId;
  /** What holds the mode below the policy's. */
  readonly limits: readonly Limit[];
  /** Absent where no control asked for it. */
  readonly attached?: AttachmentSummary;
}

/** A decision that leads to no plan now: nothing is removed, nobody is notified, and no budget is used. */
export interface Withheld {
  readonly decision: Decision;
  readonly why: WithheldReason;
}

/** One call to EC2. */
export type Step =
  | { readonly do: 'revoke'; readonly groupId: string; readonly direction: Direction; readonly rules: readonly Rule[] }
  | {
      readonly do: 'authorize';
      readonly groupId: string;
      readonly direction: Direction;
      readonly rules: readonly Rule[];
    };

/** A decision made concrete: the steps, and the steps that take them back. Goes into the ledger before the first call. */
export interface Plan {
  /** Derived from group, rule ids, contents and mode: the same case always has the same id. */
  readonly id: string;
  readonly decision: Decision;
  readonly change: Change;
  readonly steps: readonly Step[];
  readonly undo: readonly Step[];
  /** Who let it go on, where it had been pending or held. */
  readonly approved?: Attribution;
  /** Waits for a person though the hourly budget may not be spent: a sweep found too much at once. */
  readonly hold?: true;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/**
 * How a plan ended.
 * `done`: what had to go is gone. `reported`: people were told, nothing was touched.
 * `pending`: waits for a person. `held`: the budget is spent. `failed`: EC2 refused for good.
 */
export type OutcomeStatus = 'done' | 'reported' | 'pending' | 'held' | 'failed';

/** The same rule coming back: somebody, or something, is at it. */
export interface ReopenLoop {
  /** Openings within a day. */
  readonly times: number;
  /** The first of them, milliseconds since the epoch. */
  readonly since: number;
  readonly actors: readonly Actor[];
  /** Whether people were told of as much before, so that this one is only recorded. */
  readonly quiet: boolean;
}

/** What became of a plan. */
export interface Outcome {
  readonly plan: Plan;
  readonly status: OutcomeStatus;
  /** Rules that are gone through this plan, with the content they had when they went. */
  readonly removed: readonly Rule[];
  /** Rules that somebody else had removed first. */
  readonly alreadyGone: readonly Rule[];
  /** Rules that somebody changed before they could be removed: still there under the same ids, and judged again as they are now. */
  readonly changed: readonly Rule[];
  readonly reopenLoop?: ReopenLoop;
  readonly fault?: RemediatorError;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Whether people are notified of an outcome. */
export type NotificationDecision =
  | { readonly kind: 'send' }
  | { readonly kind: 'suppress'; readonly reason: SuppressReason };

/**
 * Whether a plan is the budget's: it removes what was there before, of its own accord. What a change brought is never counted and never
 * held up: else decoys would buy an opening. What a person let go is theirs.
 */
export function countsAgainstBudget({ decision, approved: released }: Pick<Plan, 'decision' | 'approved'>): boolean {
  return (
    decision.mode === 'enforce' &&
    released === undefined &&
    decision.findings.every(({ freshness }) => freshness === 'existing')
  );
}
