import type { Actor, Change } from './change.ts';
import type { Finding } from './controls/finding.ts';
import type { Limit, Mode } from './controls/mode.ts';
import type { RemedyId } from './controls/options.ts';
import type { RemediatorError } from './errors.ts';
import type { GroupIdentity, InterfaceOwner } from './group.ts';
import type { Asked } from './requests/person.ts';
import type { Direction, Rule } from './rule.ts';

/** What a group is attached to, in short, as the first 1,000 interfaces tell. */
export interface Attached {
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
  readonly others: number;
  readonly because: readonly Finding[];
  /** The highest effective mode of the reasons. */
  readonly mode: Mode;
  readonly remedy: RemedyId;
  /** What holds the mode below the policy's. */
  readonly limits: readonly Limit[];
  /** Absent where no control asked for it. */
  readonly attached?: Attached;
}

/**
 * Why nothing is done about something that was found.
 * `unconfirmed`: the group has no confirmed record yet, so nobody knows whether the rules are new.
 * `own-event`: another call added the rules, and the event of that call acts on them.
 * `told-before`: people were told of the rules, or asked about them, when they were added.
 */
export type Withholding = 'unconfirmed' | 'own-event' | 'told-before';

/** A decision that is not carried out now: no plan, no message, no budget comes of it. */
export interface Withheld {
  readonly decision: Decision;
  readonly why: Withholding;
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
  readonly released?: Asked;
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
export interface Fight {
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
  readonly fight?: Fight;
  readonly fault?: RemediatorError;
  /** Milliseconds since the epoch. */
  readonly at: number;
}
