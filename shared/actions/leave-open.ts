import type { Entry } from '../domain/ledger.ts';
import type { Command, CommandResult } from '../domain/requests/command.ts';
import type { Rule } from '../domain/rule.ts';
import { askedNow } from '../remediation/asked.ts';
import type { GrantCell } from '../workflows/common/cell.ts';
import { entryOf } from '../workflows/common/entry.ts';
import { leavesFor } from '../workflows/common/leave.ts';
import { ownChangeOf } from '../workflows/common/opened-by-asker.ts';
import { recordLeaves } from '../workflows/common/record-leave.ts';
import { noRemediation, refuse, stateText } from '../workflows/common/refuse.ts';
import { termsProblems } from '../workflows/common/terms.ts';
import { restore } from '../workflows/restore/restore.ts';

/** A request for leave for what a remediation is about. */
export type LeaveOpen = Extract<Command, { do: 'leave-open' }>;

const giveTo = async (
  rules: readonly Rule[],
  entry: Entry,
  command: LeaveOpen,
  cell: GrantCell,
): Promise<CommandResult> => {
  const own = ownChangeOf(command.by, [entry], cell.policy);
  if (own.kind === 'refused') return own.result;
  const asked = { ...askedNow(command, cell.ports.clock), ...own.mark };
  const leaves = await leavesFor(rules, entry, command.terms, asked);
  return { kind: 'left-open', ...(await recordLeaves(leaves, cell)) };
};

/** Puts back what was taken, with leave. Where all of it stands already without any, it gets the leave alone. */
const putBack = async (
  taken: readonly Rule[],
  entry: Entry,
  command: LeaveOpen,
  cell: GrantCell,
): Promise<CommandResult> => {
  const { id, terms, by, reason } = command;
  const result = await restore({ do: 'restore', id, dryRun: false, exempt: terms, by, reason }, cell);
  const hasLeave = result.kind !== 'restored' || result.followUp.leave !== undefined;
  return hasLeave ? result : await giveTo(taken, entry, command, cell);
};

/**
 * Gives leave for exactly the rules of a remediation: what it took is put back with it; what still stands of it, as what waits for a
 * person or failed, may stand. A plan that waits goes on waiting, and finds nothing to close while the leave runs. Throws CallFailed,
 * Unfinished.
 */
export const leaveOpen = async (command: LeaveOpen, cell: GrantCell): Promise<CommandResult> => {
  const problems = termsProblems(command.terms, command.reason);
  if (problems.length > 0) return refuse(...problems);
  const entry = await entryOf(command.id, cell);
  if (entry === undefined) return noRemediation(command.id);
  const { outcome, plan } = entry;
  if (outcome === undefined) return refuse(stateText(entry));
  if (outcome.removed.length > 0) return await putBack(outcome.removed, entry, command, cell);
  const { rules } = plan.decision;
  if (outcome.status === 'done' || rules.length === 0)
    return refuse(`${stateText(entry)}: there is no rule of it that leave could be given for`);
  return await giveTo(rules, entry, command, cell);
};
