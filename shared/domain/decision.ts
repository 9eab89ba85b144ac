import type { Actor, Change } from './change.ts';
import type { Limit, Mode, RemedyId } from './control-options.ts';
import type { RemediatorError } from './errors.ts';
import type { Finding } from './finding.ts';
import type { Direction, GroupIdentity, InterfaceOwner, Rule } from './group.ts';
import type { Attribution } from './identity.ts';
import type { SuppressReason, WithheldReason } from './reasons.ts';

/** A summary of the first 1,000 interfaces of a group. */
export interface AttachmentSummary {
  readonly interfaces: number;
  /** Number of interfaces by owner, the largest first. */
  readonly kinds: readonly { readonly kind: InterfaceOwner; readonly count: number }[];
  /** The first few ids: `i-…` for instances, `eni-…` for other interfaces. */
  readonly ids: readonly string[];
  /** Whether an interface has a public address. */
  readonly hasPublicAddress: boolean;
}

/** What to do with some rules of a group, with all reasons. */
export interface Decision {
  readonly group: GroupIdentity;
  readonly rules: readonly Rule[];
  /** Number of other rules of the group. */
  readonly otherRuleCount: number;
  readonly findings: readonly Finding[];
  /** The highest effective mode of the findings. */
  readonly mode: Mode;
  readonly remedy: RemedyId;
  /** What limits the mode below the policy's mode. */
  readonly limits: readonly Limit[];
  /** Absent if no control needed the attachments. */
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

/** The steps of a decision, and the steps that undo them. The ledger has the plan before the first call. */
export interface Plan {
  /** Derived from group, rule ids, contents and mode, so that the same case always has the same id. */
  readonly id: string;
  readonly decision: Decision;
  readonly change: Change;
  readonly steps: readonly Step[];
  readonly undo: readonly Step[];
  /** Who approved the plan, if it had been pending or held. */
  readonly approved?: Attribution;
  /**
   * Needs an approval because a sweep found too many rules to remove, even if the hourly budget is not spent.
   */
  readonly hold?: true;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/**
 * How a plan ended.
 * `done`: the rules are removed. `reported`: people were notified, nothing was changed.
 * `pending`: needs an approval. `held`: the budget is spent. `failed`: EC2 rejected the call permanently.
 */
export type OutcomeStatus = 'done' | 'reported' | 'pending' | 'held' | 'failed';

/** The same rule was opened again and again after its removal. */
export interface ReopenLoop {
  /** Number of openings within a day. */
  readonly times: number;
  /** Time of the first opening, milliseconds since the epoch. */
  readonly since: number;
  readonly actors: readonly Actor[];
  /** Whether people were notified of the loop before, so that this opening is only recorded. */
  readonly quiet: boolean;
}

/** The result of a plan. */
export interface Outcome {
  readonly plan: Plan;
  readonly status: OutcomeStatus;
  /** Rules that this plan removed, with their content at the removal. */
  readonly removed: readonly Rule[];
  /** Rules that somebody else removed first. */
  readonly alreadyGone: readonly Rule[];
  /**
   * Rules that somebody modified before the removal. They still exist under the same ids and are evaluated
   * again.
   */
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
 * Whether a plan counts against the budget: it removes existing rules without an approval. Rules that a
 * change added are never counted and never delayed. Otherwise an attacker could use up the budget with decoys
 * to keep an opening.
 */
export function countsAgainstBudget({ decision, approved: released }: Pick<Plan, 'decision' | 'approved'>): boolean {
  return (
    decision.mode === 'enforce' &&
    released === undefined &&
    decision.findings.every(({ freshness }) => freshness === 'existing')
  );
}

/**
 * Crockford's base 32 in lower case, without ambiguous letters. In ASCII order, so texts sort like their
 * numbers.
 */
export const BASE_32 = '0123456789abcdefghjkmnpqrstvwxyz';

/** Number of characters for 48 bits of milliseconds, which last until the year 10889. */
const TIME_LENGTH = 10;

/** Number of characters of the plan's id that follow: 80 bits of a hash. */
const NAME_LENGTH = 16;

function timeText(ms: number): string {
  return Array.from({ length: TIME_LENGTH }, (_, place) =>
    BASE_32.charAt(Math.floor(ms / 32 ** (TIME_LENGTH - 1 - place)) % 32),
  ).join('');
}

/** The format of a remediation id. */
export const REMEDIATION_ID = new RegExp(`^[${BASE_32}]{${TIME_LENGTH + NAME_LENGTH}}$`);

/**
 * The id of a remediation for people: 26 characters, the time of its plan followed by a part of the plan's
 * id. Later ids sort after earlier ids. Pass the plan as it was recorded first, because a later attempt has
 * another time.
 */
export function remediationId({ at, id }: Pick<Plan, 'at' | 'id'>): string {
  return timeText(at) + id.slice(0, NAME_LENGTH);
}

/** When the remediation was planned, milliseconds since the epoch. */
export function plannedAt(id: string): number {
  return Array.from(id.slice(0, TIME_LENGTH)).reduce((sum, letter) => sum * 32 + BASE_32.indexOf(letter), 0);
}
