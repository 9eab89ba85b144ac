import { remediationId } from '../../domain/remediation-id.ts';
import type { Command, CommandResult } from '../../domain/requests/command.ts';
import { askedNow } from '../../remediation/asked.ts';
import { brokenOff, handOn } from '../common/carry-answer.ts';
import type { GrantCell } from '../common/cell.ts';
import { refuse } from '../common/refuse.ts';
import { reasonProblems } from '../common/terms.ts';

/** A person lets the budget go on. */
export type ResumeBudget = Extract<Command, { do: 'resume-budget' }>;

/**
 * Starts the count of the budget anew and releases every plan that it held, oldest first: each is looked at again and decided anew.
 * Throws CallFailed; tried again, it goes on with what is left.
 */
export const resumeBudget = async (command: ResumeBudget, cell: GrantCell): Promise<CommandResult> => {
  const problems = reasonProblems(command.reason);
  if (problems.length > 0) return refuse(...problems);
  const { register, budget, notices, clock } = cell.ports;
  const asked = askedNow(command, clock);
  await budget.resume(asked);
  for (const entry of await brokenOff(cell)) if (entry.outcome?.status === 'held') await handOn(entry, cell);
  const held = await register.waiting('held');
  const newest = held.at(-1);
  if (newest !== undefined) {
    // Released last, so that a second try tells the same under the same id.
    const id = `budget-resumed ${remediationId(newest.plan)}`;
    await notices.announce({ id, what: 'budget-resumed', asked, released: held.length });
  }
  for (const entry of held) {
    const answer = await register.answer(entry, { ...asked, verdict: 'released' });
    await handOn({ ...entry, answer }, cell);
  }
  return { kind: 'resumed', released: held.length };
};
