import type { Mode } from './controls/mode.ts';

/** How far the policy goes with rules once their exemption has ended, by whether they count as new or were there before. */
export interface AfterExemption {
  /** Rules that were added, or put back, while it ran. */
  readonly fresh: Mode;
  /** Rules that were there before it. */
  readonly existing: Mode;
}

/** What a mode comes to, in words that follow "the rule is". */
const SAID = {
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
export const afterExemptionText = (modes: AfterExemption | undefined, when: 'ends' | 'has ended'): string => {
  const start = when === 'ends' ? 'When the exemption ends' : 'Now that the exemption has ended';
  if (modes === undefined)
    return `${start}, what it covers is judged again: a rule that was added while it ran counts as new, a rule that was there before as existing.`;
  const [fresh, existing] = [SAID[modes.fresh], SAID[modes.existing]];
  return fresh === existing
    ? `${start}, what it covers is ${fresh}.`
    : `${start}, a rule that was added while it ran is ${fresh}; a rule that was there before is ${existing}.`;
};

/** The same for a rule that was put back with the exemption: it counts as new. */
export const afterRestoreText = ({ fresh }: AfterExemption): string =>
  `When the exemption ends, the rule counts as new and is ${SAID[fresh]}`;
