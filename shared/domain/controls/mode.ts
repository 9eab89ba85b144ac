/** The ladder of modes, lowest first. `observe` reports, `alert` tells people, `approve` asks them, `enforce` acts. */
export const MODES = ['off', 'observe', 'alert', 'approve', 'enforce'] as const;

/** How far a control may go. */
export type Mode = (typeof MODES)[number];

/** The lower of two modes: every limit (account, tag, runtime switch, service-owned group) can only take away. */
export const lowerMode = (a: Mode, b: Mode): Mode => (MODES.indexOf(a) <= MODES.indexOf(b) ? a : b);

/** The higher of two modes: a rule named by several controls gets the strictest answer. */
export const higherMode = (a: Mode, b: Mode): Mode => (MODES.indexOf(a) >= MODES.indexOf(b) ? a : b);

/** A mode that holds another one down, and why, in words for people. */
export interface Limit {
  readonly mode: Mode;
  readonly reason: string;
  /** Stands though a person lets the plan go: what it says has to be mended first. */
  readonly firm?: true;
}
