import type { Outcome } from '../model/decision.ts';
import { RemediatorError } from '../model/errors.ts';
import type { Cell } from './cell.ts';
import { caseId } from './plan-id.ts';

/**
 * Tells other systems. What they refuse for good (a service that is not enabled) must not keep the entry open: each try would tell
 * people again. It goes into the journal, which an alarm stands on.
 * Throws RemediatorError that is retryable.
 */
export const report = async (outcome: Outcome, { ports }: Pick<Cell, 'ports'>): Promise<void> => {
  if (ports.findings === undefined) return;
  try {
    await ports.findings.publish({ ...outcome, caseId: await caseId(outcome.plan.decision) });
  } catch (error) {
    if (!(error instanceof RemediatorError)) throw error;
    if (!error.retryable) ports.journal({ what: 'unreported', outcome, fault: error });
    if (error.retryable) throw error;
  }
};
