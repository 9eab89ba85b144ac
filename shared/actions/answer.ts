import type { Command, CommandResult } from '../domain/command.ts';
import { remediationId } from '../domain/decision.ts';
import type { Rule } from '../domain/group.ts';
import type { Attribution, Person } from '../domain/identity.ts';
import type { ApprovalAnswer, LedgerEntry } from '../domain/ledger.ts';
import { isSameRequest, requestedNow } from '../remediation/requested-by.ts';
import { applyAnswer, isApplied } from '../workflows/common/answers.ts';
import type { GrantCell } from '../workflows/common/cell.ts';
import { exemptionsForRules, recordExemptions } from '../workflows/common/exemptions.ts';
import { findEntry } from '../workflows/common/group-snapshot.ts';
import { checkOwnChange } from '../workflows/common/own-changes.ts';
import { noRemediation, reasonProblems, refuse, stateText, termsProblems } from '../workflows/common/refuse.ts';
import { migrate } from '../workflows/migration/migrate.ts';
import { restore } from '../workflows/restore.ts';

/** Somebody has seen it. */
export type AcknowledgeCommand = Extract<Command, { do: 'acknowledge' }>;

const ACKNOWLEDGED_STEP = 'acknowledged';

const PERSON_CHANNELS: Readonly<Record<string, Person['through']>> = {
  button: 'button',
  'command-line': 'command-line',
};

/** Who acknowledged a remediation first, and when; undefined if nobody did. */
export function firstAcknowledgement({
  completedSteps: progress,
}: LedgerEntry): Pick<Attribution, 'by' | 'at'> | undefined {
  const first = progress.find(({ step }) => step === ACKNOWLEDGED_STEP);
  if (first === undefined) return undefined;
  const { name, arn, proven, through } = first.data;
  const by: Person = {
    name: String(name),
    ...(typeof arn === 'string' && { arn }),
    ...(proven === true && { verified: proven }),
    through: PERSON_CHANNELS[String(through)] ?? 'portcullis',
  };
  return { by, at: first.at };
}

/**
 * Records that somebody has seen a remediation, and tells people. Nothing else comes of it; the first stands, and later ones are told it.
 * Throws CallFailed.
 */
export async function acknowledge(command: AcknowledgeCommand, cell: GrantCell): Promise<CommandResult> {
  const problems = reasonProblems(command.reason);
  if (problems.length > 0) return refuse(...problems);
  const entry = await findEntry(command.id, cell);
  if (entry === undefined) return noRemediation(command.id);
  const first = firstAcknowledgement(entry);
  if (first !== undefined) return { kind: 'acknowledged', first: false, ...first };
  const { notifier: notices, ledger: register, clock } = cell.ports;
  const asked = requestedNow(command, clock);
  const { by, reason, at } = asked;
  // Told first: what is not on the record is told again under the same id.
  await notices.notify({ id: `${remediationId(entry.plan)} ${ACKNOWLEDGED_STEP}`, what: 'acknowledged', entry, asked });
  await register.recordStep(entry, { step: ACKNOWLEDGED_STEP, data: { ...by, reason }, at });
  return { kind: 'acknowledged', first: true, by, at };
}

/** A request for leave for what a remediation is about. */
export type ExemptRemediationCommand = Extract<Command, { do: 'leave-open' }>;

async function grantExemption(
  rules: readonly Rule[],
  entry: LedgerEntry,
  command: ExemptRemediationCommand,
  cell: GrantCell,
): Promise<CommandResult> {
  const own = checkOwnChange(command.by, [entry], cell.policy);
  if (own.kind === 'refused') return own.result;
  const asked = { ...requestedNow(command, cell.ports.clock), ...own.mark };
  const leaves = await exemptionsForRules(rules, entry, command.terms, asked);
  return { kind: 'left-open', ...(await recordExemptions(leaves, cell)) };
}

/** Puts back what was taken, with leave. Where all of it stands already without any, it gets the leave alone. */
async function restoreWithExemption(
  taken: readonly Rule[],
  entry: LedgerEntry,
  command: ExemptRemediationCommand,
  cell: GrantCell,
): Promise<CommandResult> {
  const { id, terms, by, reason } = command;
  const result = await restore({ do: 'restore', id, dryRun: false, exempt: terms, by, reason }, cell);
  const hasLeave = result.kind !== 'restored' || result.followUp.exemption !== undefined;
  return hasLeave ? result : await grantExemption(taken, entry, command, cell);
}

/**
 * Gives leave for exactly the rules of a remediation: what it took is put back with it; what still stands of it, as what waits for a
 * person or failed, may stand. A plan that waits goes on waiting, and finds nothing to close while the leave runs. Throws CallFailed,
 * Unfinished.
 */
export async function exemptRemediation(command: ExemptRemediationCommand, cell: GrantCell): Promise<CommandResult> {
  const problems = termsProblems(command.terms, command.reason);
  if (problems.length > 0) return refuse(...problems);
  const entry = await findEntry(command.id, cell);
  if (entry === undefined) return noRemediation(command.id);
  const { outcome, plan } = entry;
  if (outcome === undefined) return refuse(stateText(entry));
  if (outcome.removed.length > 0) return await restoreWithExemption(outcome.removed, entry, command, cell);
  const { rules } = plan.decision;
  if (outcome.status === 'done' || rules.length === 0)
    return refuse(`${stateText(entry)}: there is no rule of it that leave could be given for`);
  return await grantExemption(rules, entry, command, cell);
}

/** What a person says to a plan that waits. */
export type AnswerCommand = Extract<Command, { do: 'release' | 'decline' }>;

const VERDICTS = { release: 'released', decline: 'declined' } as const satisfies Record<
  AnswerCommand['do'],
  ApprovalAnswer['verdict']
>;

/** What people call each of them. */
const VERBS = { release: 'approve', decline: 'decline' } as const satisfies Record<AnswerCommand['do'], string>;

function isWaiting({ outcome, answer }: LedgerEntry): boolean {
  return answer !== undefined || outcome?.status === 'pending' || outcome?.status === 'held';
}

/** A migration goes on where it was, however often it is released: its steps are on the record. */
async function answerResult(
  entry: LedgerEntry,
  answer: ApprovalAnswer,
  isFirst: boolean,
  command: AnswerCommand,
  cell: GrantCell,
): Promise<CommandResult> {
  const { verdict, by, at } = answer;
  const isMigration = entry.plan.decision.remedy === 'migrate' && command.do === 'release' && verdict === 'released';
  if (isMigration) return await migrate({ ...entry, answer }, answer, cell);
  return { kind: 'answered', verdict, first: isFirst, by, at };
}

/**
 * Records what a person says to a pending or held plan. The first answer stands, and later ones are told it; a released plan is looked at
 * again by the function that removes, and decided anew. Throws CallFailed.
 */
export async function answerPlan(command: AnswerCommand, cell: GrantCell): Promise<CommandResult> {
  const problems = reasonProblems(command.reason);
  if (problems.length > 0) return refuse(...problems);
  const entry = await findEntry(command.id, cell);
  if (entry === undefined) return noRemediation(command.id);
  if (!isWaiting(entry)) return refuse(`there is nothing to ${VERBS[command.do]}: ${stateText(entry)}`);
  const verdict = VERDICTS[command.do];
  const own = checkOwnChange(command.by, command.do === 'decline' ? [entry] : [], cell.policy);
  if (own.kind === 'refused') return own.result;
  const asked = { ...requestedNow(command, cell.ports.clock), ...own.mark, verdict };
  const recorded = await cell.ports.ledger.recordAnswer(entry, asked);
  const isOurs = recorded.verdict === verdict && isSameRequest(recorded, asked);
  const isFirst = isOurs && !isApplied(entry, recorded);
  await applyAnswer(entry, recorded, cell);
  return await answerResult(entry, recorded, isFirst, command, cell);
}
