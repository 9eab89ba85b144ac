import type { Mode } from './control-options.ts';
import type { AccountRegion, PortSet } from './group.ts';
import type { Attribution } from './identity.ts';

/** What an exemption covers: rules that match every given part. At least one part is given. */
export interface ExemptionScope {
  /** `sg-…`; absent: every group. */
  readonly groupId?: string;
  /** A glob of group names, `*` only. Available only in the policy file. */
  readonly groupName?: string;
  /**
   * Content of the rule, as `contentKey` writes it. Not the id, because a rule keeps its id when its content
   * changes.
   */
  readonly content?: string;
  /** Rules whose ports are all among these. */
  readonly ports?: PortSet;
  /** The exemption is for this control only. Absent: for every control. */
  readonly control?: string;
}

/** Keeps rules open, until a given time, that a control would remove. */
export interface Exemption extends Attribution {
  /** Unique in the account. In the ledger it sorts by time; in the policy it is the position in the file. */
  readonly id: string;
  readonly scope: ExemptionScope;
  /** Person or team that is responsible. */
  readonly owner: string;
  readonly ticket?: string;
  /** Milliseconds since the epoch. At most 90 days after `at` or after the last renewal. */
  readonly until: number;
  /** Location of the group. Absent if the exemption names no group, and in the policy file. */
  readonly place?: AccountRegion;
  /** Oldest first. */
  readonly renewed?: readonly Attribution[];
  /** When people were notified that the exemption expires soon, milliseconds since the epoch. */
  readonly warnedAt?: number;
  /**
   * Recorded before its grant. Ends within minutes unless the grant succeeds, and people are not notified.
   */
  readonly provisional?: true;
  /** Who ended the exemption before its time. */
  readonly ended?: Attribution;
}

const DAY_MS = 86_400_000;

/** Longest duration of an exemption: 90 days. */
export const LONGEST_EXEMPTION_MS = 90 * DAY_MS;

/** Longest duration of an exemption of every group: 7 days. Does not apply to the policy file. */
export const LONGEST_FOR_EVERY_GROUP_MS = 7 * DAY_MS;

/** Whether an exemption covers every group of the account. */
export function isForEveryGroup({ groupId, groupName }: ExemptionScope): boolean {
  return groupId === undefined && groupName === undefined;
}

/**
 * Largest number of port ranges in an exemption, both protocols together. The longest shipped list of ports
 * has fewer than 50, and 100 are still readable in a message. 100 ranges are 3 KB of JSON, so a page of a
 * list has over 1,000 exemptions.
 */
export const MOST_PORT_RANGES = 100;

/** The modes that apply to rules after their exemption ends. */
export interface ModesAfterExemption {
  /** For rules that were added or restored during the exemption. */
  readonly fresh: Mode;
  /** For rules that are older than the exemption. */
  readonly existing: Mode;
}

/** The effect of each mode, as a text that follows "the rule is". */
const RESULT_OF_MODE = {
  enforce: 'closed',
  approve: 'closed once a person approves it',
  alert: 'reported and stays open',
  observe: 'only shown in reports and stays open',
  off: 'left open',
} as const satisfies Record<Mode, string>;

/**
 * Says in a sentence what happens to the rules of an exemption when it ends.
 *
 * @param modes undefined if they are unknown, as for an exemption of every group.
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

/** Says what happens to a rule that was restored with the exemption. The rule counts as new. */
export function afterRestoreText({ fresh }: ModesAfterExemption): string {
  return `When the exemption ends, the rule counts as new and is ${RESULT_OF_MODE[fresh]}`;
}

/** Tag whose value is the last day on which a group or rule is to be exempt. */
export const EXEMPT_UNTIL_TAG = 'portcullis:exempt-until';

/** Tag that says why. */
export const EXEMPT_REASON_TAG = 'portcullis:reason';
