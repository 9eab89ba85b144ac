import type { Facts, Reachability } from '../../domain/controls/facts.ts';
import { type Finding, SEVERITIES } from '../../domain/controls/finding.ts';

/** Steps up or down the scale: what the internet gets to is worse, what nothing uses is a mistake that has not happened yet. */
const STEPS = { internet: 1, 'load-balancer': 1, internal: 0, unattached: -1 } as const satisfies Record<
  Reachability,
  number
>;

/** A finding with its severity graded by reachability; as it is where that is not known. */
export const graded = (finding: Finding, { reachability }: Partial<Facts>): Finding => {
  if (reachability === undefined) return finding;
  const place = SEVERITIES.indexOf(finding.severity) + STEPS[reachability];
  return { ...finding, severity: SEVERITIES[Math.min(Math.max(place, 0), SEVERITIES.length - 1)] ?? finding.severity };
};
