import type { Command, CommandResult } from '../domain/requests/command.ts';
import { askedNow } from '../remediation/asked.ts';
import { resumeBudget } from '../workflows/budget/resume-budget.ts';
import { canary } from '../workflows/canary/canary.ts';
import type { GrantCell } from '../workflows/common/cell.ts';
import { entryOf } from '../workflows/common/entry.ts';
import { noRemediation, refuse } from '../workflows/common/refuse.ts';
import { reasonProblems } from '../workflows/common/terms.ts';
import { endExemption } from '../workflows/exemptions/end-exemption.ts';
import { exempt } from '../workflows/exemptions/exempt.ts';
import { renew } from '../workflows/exemptions/renew.ts';
import { rollBack } from '../workflows/migration/roll-back.ts';
import { restore } from '../workflows/restore/restore.ts';
import { acknowledge } from './acknowledge.ts';
import { answer } from './answer.ts';
import { follow } from './follow.ts';
import { leaveOpen } from './leave-open.ts';
import { list } from './list.ts';
import { rehearse } from './rehearse.ts';

const takeBack = async (command: Extract<Command, { do: 'roll-back' }>, cell: GrantCell): Promise<CommandResult> => {
  const problems = reasonProblems(command.reason);
  if (problems.length > 0) return refuse(...problems);
  const entry = await entryOf(command.id, cell);
  if (entry === undefined) return noRemediation(command.id);
  return await rollBack(entry, askedNow(command, cell.ports.clock), cell);
};

const carryOut = async (command: Command, cell: GrantCell): Promise<CommandResult> => {
  switch (command.do) {
    case 'restore':
      return await restore(command, cell);
    case 'release':
    case 'decline':
      return await answer(command, cell);
    case 'acknowledge':
      return await acknowledge(command, cell);
    case 'leave-open':
      return await leaveOpen(command, cell);
    case 'exempt':
      return await exempt(command, cell);
    case 'renew':
      return await renew(command, cell);
    case 'end-exemption':
      return await endExemption(command, cell);
    case 'resume-budget':
      return await resumeBudget(command, cell);
    case 'roll-back':
      return await takeBack(command, cell);
    case 'list':
      return await list(command, cell);
    case 'follow':
      return await follow(command.groupId, command.planId, cell);
    case 'canary':
      return await canary(command.region, cell);
    default:
      return command satisfies never;
  }
};

/**
 * Does what is asked of the function that grants. What is asked in vain is answered with the reason; every flow that breaks off ends in
 * the same state and the same record when it is asked again. A dry run changes nothing.
 *
 * @throws CallFailed, Unfinished, FactUnread: ask again.
 */
export const obey = async (command: Command, cell: GrantCell): Promise<CommandResult> =>
  command.do !== 'restore' && 'dryRun' in command
    ? await rehearse(command, cell, carryOut)
    : await carryOut(command, cell);
