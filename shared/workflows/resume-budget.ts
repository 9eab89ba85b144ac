import type { Command, CommandResult } from '../domain/command.ts';
import { remediationId } from '../domain/remediation-id.ts';
import { requestedNow } from '../remediation/requested-by.ts';
import { applyAnswerSilently, unappliedAnswers } from './common/answers.ts';
import type { GrantCell } from './common/cell.ts';
import { reasonProblems, refuse } from './common/refuse.ts';

/** A person lets the budget go on. */
export type ResumeBudget = Extract<Command, { do: 'resume-budget' }>;

/**
 * Starts the count of the budget anew and releases every plan that it held, oldest first: each is looked at again and decided anew.
 * Throws CallFailed; tried again, it goes on with what is left.
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
    // Released last, so that a second try tells the same under the same id.
    const id = `budget-resumed ${remediationId(newest.plan)}`;
    await notifier.notify({ id, what: 'budget-resumed', asked, released: held.length });
  }
  for (const entry of held) {
    const answer = await ledger.recordAnswer(entry, { ...asked, verdict: 'released' });
    await applyAnswerSilently({ ...entry, answer }, cell);
  }
  return { kind: 'resumed', released: held.length };
}
