import type { Policy } from '../../domain/controls/policy.ts';
import type { Entry } from '../../domain/ledger.ts';
import { remediationId } from '../../domain/remediation-id.ts';
import type { Answer } from '../../domain/requests/follow-up.ts';
import { brokenOff, carryAnswer } from '../common/carry-answer.ts';
import type { Done, ScheduleCell } from './cell.ts';

/** How long a live invocation has to finish with an answer before it counts as broken off, ms. */
const GRACE_MS = 120_000;

const HOUR_MS = 3_600_000;

const isOver = ({ outcome }: Entry, { approval }: Policy, now: number): boolean =>
  outcome !== undefined && outcome.at + approval.withinMs <= now;

/** A migration is never begun by the clock: it moves what is in use, and only the function that grants can do it. */
const verdictOf = ({ plan }: Entry, { approval }: Policy): Pick<Answer, 'verdict' | 'reason'> => {
  const reason = `nobody answered within ${Math.round(approval.withinMs / HOUR_MS)} hours`;
  if (approval.otherwise === 'decline') return { verdict: 'declined', reason };
  return plan.decision.remedy === 'migrate'
    ? { verdict: 'declined', reason: `${reason}, and a migration begins only when a person releases it` }
    : { verdict: 'released', reason };
};

const answerFor = async (entry: Entry, { policy, ports }: ScheduleCell): Promise<Done> => {
  const by = { name: 'portcullis', through: 'policy' } as const;
  const wanted = { ...verdictOf(entry, policy), by, at: ports.clock.now() };
  await carryAnswer(entry, await ports.register.answer(entry, wanted), { ports });
  return { what: 'answered', id: remediationId(entry.plan) };
};

/** Pending plans whose time is over, answered as the policy says. */
export const overdue = async (cell: ScheduleCell): Promise<readonly (() => Promise<Done>)[]> => {
  const now = cell.ports.clock.now();
  const pending = await cell.ports.register.waiting('pending');
  return pending
    .filter((entry) => isOver(entry, cell.policy, now))
    .map((entry) => async () => await answerFor(entry, cell));
};

/** Answers whose effect was lost with the invocation that was at it. */
export const unheard = async (cell: ScheduleCell): Promise<readonly (() => Promise<Done>)[]> => {
  const now = cell.ports.clock.now();
  const broken = (await brokenOff(cell)).filter(({ answer }) => answer.at + GRACE_MS <= now);
  return broken.map((entry) => async () => {
    await carryAnswer(entry, entry.answer, cell);
    return { what: 'handed-on', id: remediationId(entry.plan) };
  });
};
