import type { Command, CommandResult } from '../domain/command.ts';
import type { Grants } from '../domain/grants.ts';
import type { FullLedger } from '../domain/ledger.ts';
import { requestedNow } from '../remediation/requested-by.ts';
import { putCanary } from '../workflows/canary.ts';
import type { GrantCell } from '../workflows/common/cell.ts';
import { findEntry } from '../workflows/common/group-snapshot.ts';
import { noRemediation, reasonProblems, refuse } from '../workflows/common/refuse.ts';
import { endExemption, exempt, renew } from '../workflows/exemptions.ts';
import { rollBack } from '../workflows/migration/roll-back.ts';
import { restore } from '../workflows/restore.ts';
import { resumeBudget } from '../workflows/resume-budget.ts';
import { acknowledge, answerPlan, exemptRemediation } from './answer.ts';
import { list } from './list.ts';
import { grantAfterRemoval } from './post-removal-grants.ts';

/** Commands that answer from what they read and then only write: they run as ever, without the writing. */
export type DryRunCommand = Extract<Command, { readonly dryRun?: true }>;

async function doNothing(): Promise<void> {}

async function forbidden(): Promise<never> {
  throw new TypeError('a rehearsed command called EC2');
}

async function unexpectedRead(): Promise<never> {
  throw new TypeError('a rehearsed command read what no command reads');
}

const NO_GRANTS: Grants = { authorize: forbidden, createGroup: forbidden, deleteGroup: forbidden, attach: forbidden };

/** Reads the ledger and writes nothing. An answer is taken as if it was recorded. */
function readOnly(register: FullLedger): FullLedger {
  return {
    find: async (groupId, planId) => await register.find(groupId, planId),
    entries: async (groupId) => await register.entries(groupId),
    stateOf: unexpectedRead,
    findById: async (id) => await register.findById(id),
    newest: async (most) => await register.newest(most),
    waiting: async (status) => await register.waiting(status),
    withOpenAnswer: async () => await register.withOpenAnswer(),
    abandoned: unexpectedRead,
    recordAnswer: async (entry, answer) => entry.answer ?? answer,
    reserve: async () => 'busy',
    settle: doNothing,
    recordStep: doNothing,
    completeAnswer: doNothing,
    recordGrant: doNothing,
  };
}

/** The cell with every effect on the ledger, EC2, other functions and people taken out. */
function withoutEffects(cell: GrantCell): GrantCell {
  const { ports } = cell;
  const { exemptions, region } = ports;
  return {
    ...cell,
    ports: {
      ...ports,
      region: (name) => ({ ...region(name), grants: NO_GRANTS }),
      ledger: readOnly(ports.ledger),
      exemptions: {
        active: async (groupIds) => await exemptions.active(groupIds),
        all: async () => await exemptions.all(),
        find: async (id) => await exemptions.find(id),
        put: doNothing,
      },
      records: { change: doNothing },
      budget: { resume: doNothing },
      notifier: { publish: doNothing, notify: doNothing },
      reevaluation: {
        requestApproved: doNothing,
        requestEvaluation: doNothing,
        requestReplay: doNothing,
        requestRevokeOfGrants: doNothing,
      },
      confirmations: { add: doNothing },
    },
  };
}

/**
 * Answers a command as it would be answered, and changes nothing. A migration is refused, because its steps depend on what EC2 answers to
 * the ones before.
 *
 * @param carryOut what does the command in a cell.
 * @throws CallFailed, Unfinished, FactUnread.
 */
async function dryRun(
  command: DryRunCommand,
  cell: GrantCell,
  carryOut: (command: Command, cell: GrantCell) => Promise<CommandResult>,
): Promise<CommandResult> {
  const { dryRun: _dryRun, ...asked } = command;
  const entry = asked.do === 'release' ? await findEntry(asked.id, cell) : undefined;
  if (entry?.plan.decision.remedy === 'migrate') return refuse('the approval of a migration has no dry run');
  return await carryOut(asked, withoutEffects(cell));
}

async function rollBackById(command: Extract<Command, { do: 'roll-back' }>, cell: GrantCell): Promise<CommandResult> {
  const problems = reasonProblems(command.reason);
  if (problems.length > 0) return refuse(...problems);
  const entry = await findEntry(command.id, cell);
  if (entry === undefined) return noRemediation(command.id);
  return await rollBack(entry, requestedNow(command, cell.ports.clock), cell);
}

async function runCommand(command: Command, cell: GrantCell): Promise<CommandResult> {
  switch (command.do) {
    case 'restore':
      return await restore(command, cell);
    case 'release':
    case 'decline':
      return await answerPlan(command, cell);
    case 'acknowledge':
      return await acknowledge(command, cell);
    case 'leave-open':
      return await exemptRemediation(command, cell);
    case 'exempt':
      return await exempt(command, cell);
    case 'renew':
      return await renew(command, cell);
    case 'end-exemption':
      return await endExemption(command, cell);
    case 'resume-budget':
      return await resumeBudget(command, cell);
    case 'roll-back':
      return await rollBackById(command, cell);
    case 'list':
      return await list(command, cell);
    case 'follow':
      return await grantAfterRemoval(command.groupId, command.planId, cell);
    case 'canary':
      return await putCanary(command.region, cell);
    default:
      return command satisfies never;
  }
}

/**
 * Does what is asked of the function that grants. What is asked in vain is answered with the reason; every flow that breaks off ends in
 * the same state and the same record when it is asked again. A dry run changes nothing.
 *
 * @throws CallFailed, Unfinished, FactUnread: ask again.
 */
export async function dispatchCommand(command: Command, cell: GrantCell): Promise<CommandResult> {
  return command.do !== 'restore' && 'dryRun' in command
    ? await dryRun(command, cell, runCommand)
    : await runCommand(command, cell);
}
