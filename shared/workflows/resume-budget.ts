import type { Command, CommandResult } from '../domain/command.ts';
import { remediationId } from '../domain/decision.ts';
import { requestedNow } from '../remediation/requested-by.ts';
import { applyAnswerSilently, unappliedAnswers } from './common/answers.ts';
import type { GrantCell } from './common/cell.ts';
import { reasonProblems, refuse } from './common/refuse.ts';

/** A request to resume the budget. */
export type ResumeBudget = Extract<Command, { do: 'resume-budget' }>;

/**
 * Resets the budget and approves every plan that it held, oldest first: each is decided anew. A retry
 * continues with the plans that are left. Throws CallFailed.
 */
export async function resumeBudget(command: ResumeBudget, cell: GrantCell): Promise<CommandResult> {
  const problems = reasonProblems(command.reason);
  if (problems.length > 0) return refuse(...problems);
  const { ledger, budget, notifier, clock } = cell.ports;
  const asked = requestedNow(command, clock);
  await budget.resume(asked);
  for (const entry of await unappliedAnswers(cell))
    if (entry.outcome?.status === 'held') await applyAnswerSilently(entry, cell);
  const held = await ledger.waiting('held');
  const newest = held.at(-1);
  if (newest !== undefined) {
    // The newest plan is approved last, so a retry sends the notification under the same id.
    const id = `budget-resumed ${remediationId(newest.plan)}`;
    await notifier.notify({ id, what: 'budget-resumed', asked, released: held.length });
  }
  for (const entry of held) {
    const answer = await ledger.recordAnswer(entry, { ...asked, verdict: 'released' });
    await applyAnswerSilently({ ...entry, answer }, cell);
  }
  return { kind: 'resumed', released: held.length };
}
