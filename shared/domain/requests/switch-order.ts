import type { Mode } from '../controls/mode.ts';

/** The runtime switch as a person sets it: no further than `mode`, until `until` (ms since the epoch). */
export interface SwitchOrder {
  readonly mode: Mode;
  readonly until: number;
  readonly reason: string;
}

/** Longest time that the switch is set for, ms: 12 hours. */
export const LONGEST_SWITCH_MS = 12 * 3_600_000;
