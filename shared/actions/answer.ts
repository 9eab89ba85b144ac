import type { AnswerAction } from '../domain/action.ts';
import type { AnswerCommand, Command, CommandResult } from '../domain/command.ts';
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

/** Carries out an action on the remediation that the command names. */
type AnswerHandler = (entry: LedgerEntry, command: AnswerCommand, cell: GrantCell) => Promise<CommandResult>;

/** What carries out each action that needs nothing but the remediation's id. */
const HANDLERS = {
  approve: (entry, command, cell) => answerPlan(entry, command, 'released', cell),
  decline: (entry, command, cell) => answerPlan(entry, command, 'declined', cell),
  acknowledge,
} as const satisfies Readonly<Record<AnswerAction, AnswerHandler>>;

/** Carries out an action on a remediation. Throws CallFailed, Unfinished. */
export async function answerRemediation(command: AnswerCommand, cell: GrantCell): Promise<CommandResult> {
  const problems = reasonProblems(command.reason);
  if (problems.length > 0) return refuse(...problems);
  const entry = await findEntry(command.id, cell);
  return entry === undefined ? noRemediation(command.id) : await HANDLERS[command.do](entry, command, cell);
}

/**
 * Records an answer to a pending or held plan. The first answer is final, and later ones get it as their
 * result. If the plan was approved, the function that removes rules decides about the group again. Throws
 * CallFailed, Unfinished.
 */
async function answerPlan(
  entry: LedgerEntry,
  command: AnswerCommand,
  verdict: ApprovalAnswer['verdict'],
  cell: GrantCell,
): Promise<CommandResult> {
  if (!isWaiting(entry)) return refuse(`there is nothing to ${command.do}: ${stateText(entry)}`);
  const own = checkOwnChange(command.by, verdict === 'declined' ? [entry] : [], cell.policy);
  if (own.kind === 'refused') return own.result;
  const requested = { ...requestedNow(command, cell.ports.clock), ...own.mark, verdict };
  const recorded = await cell.ports.ledger.recordAnswer(entry, requested);
  const isOurs = recorded.verdict === verdict && isSameRequest(recorded, requested);
  const first = isOurs && !isApplied(entry, recorded);
  await applyAnswer(entry, recorded, cell);
  // A migration continues from its recorded steps, however often it is approved.
  if (entry.plan.decision.remedy === 'migrate' && verdict === 'released' && recorded.verdict === 'released')
    return await migrate({ ...entry, answer: recorded }, recorded, cell);
  return { kind: 'answered', verdict: recorded.verdict, first, by: recorded.by, at: recorded.at };
}

function isWaiting({ outcome, answer: given }: LedgerEntry): boolean {
  return given !== undefined || outcome?.status === 'pending' || outcome?.status === 'held';
}

const ACKNOWLEDGED_STEP = 'acknowledged';

/**
 * Records that somebody looks after a remediation, and notifies people. Changes nothing else. The first
 * acknowledgement is final.
 */
async function acknowledge(entry: LedgerEntry, command: AnswerCommand, cell: GrantCell): Promise<CommandResult> {
  const earlier = firstAcknowledgement(entry);
  if (earlier !== undefined) return { kind: 'acknowledged', first: false, ...earlier };
  const { notifier, ledger, clock } = cell.ports;
  const asked = requestedNow(command, clock);
  const { by, reason, at } = asked;
  // Notify before recording: a retry repeats an unrecorded notification under the same id.
  const id = `${remediationId(entry.plan)} ${ACKNOWLEDGED_STEP}`;
  await notifier.notify({ id, what: 'acknowledged', entry, asked });
  await ledger.recordStep(entry, { step: ACKNOWLEDGED_STEP, data: { ...by, reason }, at });
  return { kind: 'acknowledged', first: true, by, at };
}

const PERSON_CHANNELS: Readonly<Record<string, Person['through']>> = {
  button: 'button',
  'command-line': 'command-line',
};

/** Who acknowledged a remediation first, and when; undefined if nobody did. */
export function firstAcknowledgement({ completedSteps }: LedgerEntry): Pick<Attribution, 'by' | 'at'> | undefined {
  const first = completedSteps.find(({ step }) => step === ACKNOWLEDGED_STEP);
  if (first === undefined) return undefined;
  const { name, arn, verified, through } = first.data;
  const by: Person = {
    name: String(name),
    ...(typeof arn === 'string' && { arn }),
    ...(verified === true && { verified }),
    through: PERSON_CHANNELS[String(through)] ?? 'portcullis',
  };
  return { by, at: first.at };
}

/** A request to exempt the rules of a remediation. */
type ExemptRemediationCommand = Extract<Command, { do: 'leave-open' }>;

/**
 * Exempts exactly the rules of a remediation. Restores the rules that it removed; rules that are still open
 * stay open. A waiting plan keeps waiting, and finds nothing to remove while the exemption lasts. Throws
 * CallFailed, Unfinished.
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

/**
 * Restores removed rules with an exemption. If all of them are in the group already, records only the
 * exemption.
 */
async function restoreWithExemption(
  removed: readonly Rule[],
  entry: LedgerEntry,
  command: ExemptRemediationCommand,
  cell: GrantCell,
): Promise<CommandResult> {
  const { id, terms, by, reason } = command;
  const result = await restore({ do: 'restore', id, dryRun: false, exempt: terms, by, reason }, cell);
  const hasExemption = result.kind !== 'restored' || result.followUp.exemption !== undefined;
  return hasExemption ? result : await grantExemption(removed, entry, command, cell);
}

async function grantExemption(
  rules: readonly Rule[],
  entry: LedgerEntry,
  command: ExemptRemediationCommand,
  cell: GrantCell,
): Promise<CommandResult> {
  const own = checkOwnChange(command.by, [entry], cell.policy);
  if (own.kind === 'refused') return own.result;
  const requested = { ...requestedNow(command, cell.ports.clock), ...own.mark };
  const exemptions = await exemptionsForRules(rules, entry, command.terms, requested);
  return { kind: 'left-open', ...(await recordExemptions(exemptions, cell)) };
}
