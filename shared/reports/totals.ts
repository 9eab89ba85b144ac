import { type Finding, SEVERITIES, type Severity } from '../domain/controls/finding.ts';
import type { Judged } from './records.ts';
import type { Review } from './review.ts';

/** Findings by severity. */
export type Severities = Readonly<Record<Severity, number>>;

/** How much was looked at, and how much was found. */
export interface Totals {
  readonly found: Severities;
  /** Number of groups with findings. */
  readonly guilty: number;
  /** Number of groups read. */
  readonly groups: number;
  /** Number of rules read, both directions. */
  readonly rules: number;
  /** What could not be read, and therefore was not judged. */
  readonly errors: readonly string[];
}

/** Findings of every severity, counted. */
export const countSeverities = (findings: readonly Finding[]): Record<Severity, number> => {
  const counts = { low: 0, medium: 0, high: 0, critical: 0 };
  for (const { severity } of findings) counts[severity] += 1;
  return counts;
};

/** Number of findings of every severity together. */
export const allOf = (found: Severities): number => SEVERITIES.reduce((sum, severity) => sum + found[severity], 0);

/** What a review comes to. */
export const totalsOf = ({ judged, groups, rules, errors }: Review): Totals => ({
  found: countSeverities(judged.map(({ finding }: Judged) => finding)),
  guilty: new Set(judged.map(({ group }) => group.id)).size,
  groups,
  rules,
  errors,
});
