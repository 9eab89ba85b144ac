import type { Mode } from './control-options.ts';
import type { PortSet } from './group.ts';
import type { Attribution } from './identity.ts';

/** What an exemption is about: everything that all the given parts name. At least one of them is given. */
export interface ExemptionScope {
  /** `sg-…`; absent: every group. */
  readonly groupId?: string;
  /** A glob of group names, `*` only; in the policy file alone. */
  readonly groupName?: string;
  /** What the rule lets through, as `contentKey` writes it. Not its id, which survives a change of content. */
  readonly content?: string;
  /** Rules whose ports are all among these. */
  readonly ports?: PortSet;
  /** Only this control leaves the rule alone; absent: every control. */
  readonly control?: string;
}

/** Leave for rules to stand that a control would close, until a day. */
export interface Exemption extends Attribution {
  /** Unique in the account; sortable by time where the ledger has it, the place in the file where the policy has. */
  readonly id: string;
  readonly scope: ExemptionScope;
  /** Who answers for it. */
  readonly owner: string;
  readonly ticket?: string;
  /** Milliseconds since the epoch; at most 90 days after `at`, or after the last renewal. */
  readonly until: number;
  /** Where its group is; absent where it is about no group of its own, and in the policy file. */
  readonly place?: { readonly account: string; readonly region: string };
  /** Oldest first. */
  readonly renewed?: readonly Attribution[];
  /** When people were told that it is about to run out, milliseconds since the epoch. */
  readonly warnedAt?: number;
  /** Recorded before the grant that it belongs to. Ends within minutes unless the grant succeeds; people are not told of it. */
  readonly provisional?: true;
  /** Taken back before its time. */
  readonly ended?: Attribution;
}

const DAY_MS = 86_400_000;

/** Longest time that an exemption may run, ms: 90 days. */
export const LONGEST_EXEMPTION_MS = 90 * DAY_MS;

/** The same for an exemption of every group, unless the policy file has it, ms: 7 days. */
export const LONGEST_FOR_EVERY_GROUP_MS = 7 * DAY_MS;

/** Whether an exemption is about every group of the account. */
export function isForEveryGroup({ groupId, groupName }: ExemptionScope): boolean {
  return groupId === undefined && groupName === undefined;
}

/**
 * Most port ranges of one exemption, both protocols together. The longest list of ports that ships, world-open-admin's, has fewer
 * than 50; a person can still read 100 in a message. 100 ranges are 3 KB of JSON, so that a page of a list holds more than 1,000 exemptions.
 */
export const MOST_PORT_RANGES = 100;

/** How far the policy goes with rules once their exemption has ended, by whether they count as new or were there before. */
export interface ModesAfterExemption {
  /** Rules that were added, or put back, while it ran. */
  readonly fresh: Mode;
  /** Rules that were there before it. */
  readonly existing: Mode;
}

/** What a mode comes to, in words that follow "the rule is". */
const RESULT_OF_MODE = {
  enforce: 'closed',
  approve: 'closed once a person approves it',
  alert: 'reported and stays open',
  observe: 'only shown in reports and stays open',
  off: 'left open',
} as const satisfies Record<Mode, string>;

/**
 * What becomes of the rules of an exemption, in a sentence: when it ends, or now that it has ended.
 *
 * @param modes undefined where they are not known, such as those of every group.
 */
export function afterExemptionText(modes: ModesAfterExemption | undefined, when: 'ends' | 'has ended'): string {
  const start = when === 'ends' ? 'When the exemption ends' : 'Now that the exemption has ended';
  if (modes === undefined)
    return `${start}, what it covers is judged again: a rule that was added while it ran counts as new, a rule that was there before as existing.`;
  const [fresh, existing] = [RESULT_OF_MODE[modes.fresh], RESULT_OF_MODE[modes.existing]];
  return fresh === existing
    ? `${start}, what it covers is ${fresh}.`
    : `${start}, a rule that was added while it ran is ${fresh}; a rule that was there before is ${existing}.`;
}

/** The same for a rule that was put back with the exemption: it counts as new. */
export function afterRestoreText({ fresh }: ModesAfterExemption): string {
  return `When the exemption ends, the rule counts as new and is ${RESULT_OF_MODE[fresh]}`;
}

/** Tag whose value is the last day on which a group or rule is to be exempt. */
export const EXEMPT_UNTIL_TAG = 'portcullis:exempt-until';

/** Tag that says why. */
export const EXEMPT_REASON_TAG = 'portcullis:reason';
