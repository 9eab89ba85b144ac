import type { Entry } from '../domain/ledger.ts';
import type { Command, CommandResult } from '../domain/requests/command.ts';
import type { Answer } from '../domain/requests/follow-up.ts';
import { askedNow, isSameRequest } from '../remediation/asked.ts';
import { carryAnswer, isCarried } from '../workflows/common/carry-answer.ts';
import type { GrantCell } from '../workflows/common/cell.ts';
import { entryOf } from '../workflows/common/entry.ts';
import { ownChangeOf } from '../workflows/common/opened-by-asker.ts';
import { noRemediation, refuse, stateText } from '../workflows/common/refuse.ts';
import { reasonProblems } from '../workflows/common/terms.ts';
import { migrate } from '../workflows/migration/migrate.ts';

/** What a person says to a plan that waits. */
export type Verdict = Extract<Command, { do: 'release' | 'decline' }>;

const VERDICTS = { release: 'released', decline: 'declined' } as const satisfies Record<
  Verdict['do'],
  Answer['verdict']
>;

/** What people call each of them. */
const VERBS = { release: 'approve', decline: 'decline' } as const satisfies Record<Verdict['do'], string>;

const isWaiting = ({ outcome, answer }: Entry): boolean =>
  answer !== undefined || outcome?.status === 'pending' || outcome?.status === 'held';

/** A migration goes on where it was, however often it is released: its steps are on the record. */
const result = async (
  entry: Entry,
  answer: Answer,
  isFirst: boolean,
  command: Verdict,
  cell: GrantCell,
): Promise<CommandResult> => {
  const { verdict, by, at } = answer;
  const isMigration = entry.plan.decision.remedy === 'migrate' && command.do === 'release' && verdict === 'released';
  if (isMigration) return await migrate({ ...entry, answer }, answer, cell);
  return { kind: 'answered', verdict, first: isFirst, by, at };
};

/**
 * Records what a person says to a pending or held plan. The first answer stands, and later ones are told it; a released plan is looked at
 * again by the function that removes, and decided anew. Throws CallFailed.
 */
export const answer = async (command: Verdict, cell: GrantCell): Promise<CommandResult> => {
  const problems = reasonProblems(command.reason);
  if (problems.length > 0) return refuse(...problems);
  const entry = await entryOf(command.id, cell);
  if (entry === undefined) return noRemediation(command.id);
  if (!isWaiting(entry)) return refuse(`there is nothing to ${VERBS[command.do]}: ${stateText(entry)}`);
  const verdict = VERDICTS[command.do];
  const own = ownChangeOf(command.by, command.do === 'decline' ? [entry] : [], cell.policy);
  if (own.kind === 'refused') return own.result;
  const asked = { ...askedNow(command, cell.ports.clock), ...own.mark, verdict };
  const recorded = await cell.ports.register.answer(entry, asked);
  const isOurs = recorded.verdict === verdict && isSameRequest(recorded, asked);
  const isFirst = isOurs && !isCarried(entry, recorded);
  await carryAnswer(entry, recorded, cell);
  return await result(entry, recorded, isFirst, command, cell);
};
