import { type Command, type CommandResult, isAnswerCommand } from '../domain/command.ts';
import type { Grants } from '../domain/ec2.ts';
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
import { answerRemediation, exemptRemediation } from './answer.ts';
import { list } from './list.ts';
import { grantAfterRemoval } from './post-removal-grants.ts';

/**
 * Commands that decide from what they read before they write, so that a dry run only has to leave out the
 * writes.
 */
type DryRunnableCommand = Extract<Command, { readonly dryRun?: true }>;

/**
 * Carries out a command in the function that grants. A refused command returns the reasons. If a command
 * fails midway, repeating it leads to the same state and the same ledger entries. A dry run changes nothing.
 *
 * @throws CallFailed, Unfinished, FactUnread: repeat the command.
 */
export async function dispatchCommand(command: Command, cell: GrantCell): Promise<CommandResult> {
  return command.do !== 'restore' && 'dryRun' in command
    ? await dryRun(command, cell)
    : await runCommand(command, cell);
}

async function runCommand(command: Command, cell: GrantCell): Promise<CommandResult> {
  if (isAnswerCommand(command)) return await answerRemediation(command, cell);
  switch (command.do) {
    case 'restore':
      return await restore(command, cell);
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

async function rollBackById(command: Extract<Command, { do: 'roll-back' }>, cell: GrantCell): Promise<CommandResult> {
  const problems = reasonProblems(command.reason);
  if (problems.length > 0) return refuse(...problems);
  const entry = await findEntry(command.id, cell);
  if (entry === undefined) return noRemediation(command.id);
  return await rollBack(entry, requestedNow(command, cell.ports.clock), cell);
}

/**
 * Returns what a command would return, and changes nothing. The approval of a migration is refused, because
 * each step of a migration depends on EC2's response to the step before.
 *
 * @throws CallFailed, Unfinished, FactUnread.
 */
async function dryRun(command: DryRunnableCommand, cell: GrantCell): Promise<CommandResult> {
  const { dryRun: _dryRun, ...wet } = command;
  const entry = wet.do === 'approve' ? await findEntry(wet.id, cell) : undefined;
  if (entry?.plan.decision.remedy === 'migrate') return refuse('the approval of a migration has no dry run');
  return await runCommand(wet, withoutEffects(cell));
}

async function doNothing(): Promise<void> {}

async function forbidden(): Promise<never> {
  throw new TypeError('a dry run called EC2');
}

async function unexpectedRead(): Promise<never> {
  throw new TypeError('a dry run read something that no command reads');
}

const NO_GRANTS: Grants = { authorize: forbidden, createGroup: forbidden, deleteGroup: forbidden, attach: forbidden };

/** The ledger without its writes. An answer counts as recorded. */
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

/** A cell that changes nothing: not the ledger, not EC2, and no function or person gets a request. */
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
