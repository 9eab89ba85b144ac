import type { Outcome } from '../domain/decision.ts';
import { RemediatorError } from '../domain/errors.ts';
import type { OpenCase } from '../domain/group-record.ts';
import type { RemediationPorts } from '../domain/ports.ts';
import type { RemediationCell } from './cell.ts';
import { caseId } from './plan.ts';

/** So that other systems hear of it when somebody else closes it. Throws CallFailed. */
async function recordOpenFinding(
  open: OpenCase,
  groupId: string,
  { records }: Pick<RemediationPorts, 'records'>,
): Promise<void> {
  return await records.change(groupId, { remember: { openCases: [open] } });
}

/**
 * Tells other systems. What they refuse for good (a service that is not enabled) must not keep the entry open: each try would tell
 * people again. It goes into the journal, which an alarm stands on.
 * Throws RemediatorError that is retryable.
 */
export async function publishFinding(outcome: Outcome, { ports }: Pick<RemediationCell, 'ports'>): Promise<void> {
  if (ports.findings === undefined) return;
  const { plan, status, at } = outcome;
  const id = await caseId(plan.decision);
  try {
    await ports.findings.publish({ ...outcome, caseId: id });
    if (status !== 'done') await recordOpenFinding({ caseId: id, planId: plan.id, at }, plan.decision.group.id, ports);
  } catch (error) {
    if (!(error instanceof RemediatorError)) throw error;
    if (!error.retryable) ports.journal({ what: 'unreported', outcome, fault: error });
    if (error.retryable) throw error;
  }
}
