import { worstSeverity } from '../../domain/controls/finding.ts';
import type { Outcome } from '../../domain/decision.ts';
import type { Cell } from '../cell.ts';
import { gistOf } from './gist.ts';

/**
 * What always comes alone: what is critical; that the budget is spent, which is told once for all that waits; and a fight, of which people
 * are told ever more seldom. A line in a digest does not say the last.
 */
const alwaysAlone = ({ plan, status, fight }: Outcome): boolean =>
  worstSeverity(plan.decision.because) === 'critical' || status === 'held' || fight !== undefined;

/**
 * Whether an outcome was gathered for the digest of a storm, so that it is not told by itself. A failure to find out must not keep it from
 * people: told twice is better than not at all. It goes into the journal, which an alarm stands on.
 */
export const isGathered = async (outcome: Outcome, { policy, ports }: Cell): Promise<boolean> => {
  if (alwaysAlone(outcome)) return false;
  const gist = gistOf(outcome);
  try {
    if ((await ports.storms.admit(gist, policy.alerts.perMinute)) === 'alone') return false;
    ports.journal({ what: 'gathered', gist });
    return true;
  } catch (error) {
    ports.journal({ what: 'not-counted', outcome, fault: error });
    return false;
  }
};
