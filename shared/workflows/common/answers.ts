import { remediationId } from '../../domain/decision.ts';
import type { ApprovalAnswer, LedgerEntry } from '../../domain/ledger.ts';
import type { GrantPorts } from '../../domain/ports.ts';

/**
 * The step that is recorded when an answer has been applied. It has the time of the answer, because a plan
 * that is held again gets another answer.
 */
function stepOf({ at }: ApprovalAnswer): string {
  return `answered ${at}`;
}

/** What applying an answer needs. */
export interface AnswerCell {
  readonly ports: Pick<GrantPorts, 'ledger' | 'notifier' | 'reevaluation' | 'clock'>;
}

/** Whether an answer has been applied. */
export function isApplied({ completedSteps }: LedgerEntry, answer: ApprovalAnswer): boolean {
  return completedSteps.some(({ step }) => step === stepOf(answer));
}

/**
 * Notifies people of an answer, passes an approved plan to on-change, and then records that. Until it is
 * recorded, it is repeated. A migration is not passed on, because only on-grant can continue it.
 */
export async function applyAnswer(entry: LedgerEntry, answer: ApprovalAnswer, { ports }: AnswerCell): Promise<void> {
  if (isApplied(entry, answer)) return;
  const id = `${remediationId(entry.plan)} ${stepOf(answer)}`;
  await ports.notifier.notify({ id, what: 'answered', entry, answer });
  await applyAnswerSilently({ ...entry, answer }, { ports });
}

/** Applies an answer without a notification, if people are notified of many answers at once. */
export async function applyAnswerSilently(
  entry: LedgerEntry & { readonly answer: ApprovalAnswer },
  { ports }: AnswerCell,
): Promise<void> {
  if (isApplied(entry, entry.answer)) return;
  const isRemoval = entry.answer.verdict === 'released' && entry.plan.decision.remedy !== 'migrate';
  if (isRemoval) await ports.reevaluation.requestApproved(entry);
  await ports.ledger.completeAnswer(entry, { step: stepOf(entry.answer), data: {}, at: ports.clock.now() });
}

/** Ledger entries with an answer that has not been applied. */
export async function unappliedAnswers({
  ports,
}: AnswerCell): Promise<readonly (LedgerEntry & { readonly answer: ApprovalAnswer })[]> {
  return (await ports.ledger.withOpenAnswer()).flatMap((entry) =>
    entry.answer === undefined || isApplied(entry, entry.answer) ? [] : [{ ...entry, answer: entry.answer }],
  );
}
