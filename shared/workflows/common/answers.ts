import type { GrantPorts } from '../../domain/grants.ts';
import type { ApprovalAnswer, LedgerEntry } from '../../domain/ledger.ts';
import { remediationId } from '../../domain/remediation-id.ts';

/** Noted once an answer has had its effect. By its time: a plan that is held again is answered again. */
function stepOf({ at }: ApprovalAnswer): string {
  return `answered ${at}`;
}

/** What carrying an answer out takes. */
export interface AnswerCell {
  readonly ports: Pick<GrantPorts, 'ledger' | 'notifier' | 'reevaluation' | 'clock'>;
}

/** Whether an answer has had its effect. */
export function isApplied({ completedSteps }: LedgerEntry, answer: ApprovalAnswer): boolean {
  return completedSteps.some(({ step }) => step === stepOf(answer));
}

/**
 * Tells people of an answer and hands a released plan on to the function that removes, then notes that. Until it is noted it is done again.
 * A migration is not handed on: only the function that grants can go on with it.
 */
export async function applyAnswer(entry: LedgerEntry, answer: ApprovalAnswer, { ports }: AnswerCell): Promise<void> {
  if (isApplied(entry, answer)) return;
  const id = `${remediationId(entry.plan)} ${stepOf(answer)}`;
  await ports.notifier.notify({ id, what: 'answered', entry, answer });
  await applyAnswerSilently({ ...entry, answer }, { ports });
}

/** The same without a word, where people are told of many answers at once. */
export async function applyAnswerSilently(
  entry: LedgerEntry & { readonly answer: ApprovalAnswer },
  { ports }: AnswerCell,
): Promise<void> {
  if (isApplied(entry, entry.answer)) return;
  const isRemoval = entry.answer.verdict === 'released' && entry.plan.decision.remedy !== 'migrate';
  if (isRemoval) await ports.reevaluation.requestApproved(entry);
  await ports.ledger.completeAnswer(entry, { step: stepOf(entry.answer), data: {}, at: ports.clock.now() });
}

/** Remediations whose answer is on the record and has not had its effect, and the answer. */
export async function unappliedAnswers({
  ports,
}: AnswerCell): Promise<readonly (LedgerEntry & { readonly answer: ApprovalAnswer })[]> {
  return (await ports.ledger.withOpenAnswer()).flatMap((entry) =>
    entry.answer === undefined || isApplied(entry, entry.answer) ? [] : [{ ...entry, answer: entry.answer }],
  );
}
