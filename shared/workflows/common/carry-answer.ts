import type { GrantPorts } from '../../domain/grants.ts';
import type { Entry } from '../../domain/ledger.ts';
import { remediationId } from '../../domain/remediation-id.ts';
import type { Answer } from '../../domain/requests/follow-up.ts';

/** Noted once an answer has had its effect. By its time: a plan that is held again is answered again. */
const stepOf = ({ at }: Answer): string => `answered ${at}`;

/** What carrying an answer out takes. */
export interface AnswerCell {
  readonly ports: Pick<GrantPorts, 'register' | 'notices' | 'reexamine' | 'clock'>;
}

/** Whether an answer has had its effect. */
export const isCarried = ({ progress }: Entry, answer: Answer): boolean =>
  progress.some(({ step }) => step === stepOf(answer));

/**
 * Tells people of an answer and hands a released plan on to the function that removes, then notes that. Until it is noted it is done again.
 * A migration is not handed on: only the function that grants can go on with it.
 */
export const carryAnswer = async (entry: Entry, answer: Answer, { ports }: AnswerCell): Promise<void> => {
  if (isCarried(entry, answer)) return;
  const id = `${remediationId(entry.plan)} ${stepOf(answer)}`;
  await ports.notices.announce({ id, what: 'answered', entry, answer });
  await handOn({ ...entry, answer }, { ports });
};

/** The same without a word, where people are told of many answers at once. */
export const handOn = async (entry: Entry & { readonly answer: Answer }, { ports }: AnswerCell): Promise<void> => {
  if (isCarried(entry, entry.answer)) return;
  const isRemoval = entry.answer.verdict === 'released' && entry.plan.decision.remedy !== 'migrate';
  if (isRemoval) await ports.reexamine.release(entry);
  await ports.register.noteCarried(entry, { step: stepOf(entry.answer), data: {}, at: ports.clock.now() });
};

/** Remediations whose answer is on the record and has not had its effect, and the answer. */
export const brokenOff = async ({ ports }: AnswerCell): Promise<readonly (Entry & { readonly answer: Answer })[]> =>
  (await ports.register.answered()).flatMap((entry) =>
    entry.answer === undefined || isCarried(entry, entry.answer) ? [] : [{ ...entry, answer: entry.answer }],
  );
