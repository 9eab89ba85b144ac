import type { Grants } from '../domain/grants.ts';
import type { Register } from '../domain/ledger.ts';
import type { Command, CommandResult } from '../domain/requests/command.ts';
import type { GrantCell } from '../workflows/common/cell.ts';
import { entryOf } from '../workflows/common/entry.ts';
import { refuse } from '../workflows/common/refuse.ts';

/** Commands that answer from what they read and then only write: they run as ever, without the writing. */
export type Rehearsed = Extract<Command, { readonly dryRun?: true }>;

const nothing = async (): Promise<void> => {};

const forbidden = async (): Promise<never> => {
  throw new TypeError('a rehearsed command called EC2');
};

const notForCommands = async (): Promise<never> => {
  throw new TypeError('a rehearsed command read what no command reads');
};

const NO_GRANTS: Grants = { authorize: forbidden, createGroup: forbidden, deleteGroup: forbidden, attach: forbidden };

/** Reads the ledger and writes nothing. An answer is taken as if it was recorded. */
const readOnly = (register: Register): Register => ({
  find: async (groupId, planId) => await register.find(groupId, planId),
  entries: async (groupId) => await register.entries(groupId),
  unsettled: notForCommands,
  byId: async (id) => await register.byId(id),
  newest: async (most) => await register.newest(most),
  waiting: async (status) => await register.waiting(status),
  answered: async () => await register.answered(),
  abandoned: notForCommands,
  answer: async (entry, answer) => entry.answer ?? answer,
  reserve: async () => 'busy',
  settle: nothing,
  noteProgress: nothing,
  noteCarried: nothing,
  noteFollowUp: nothing,
});

/** The cell with every effect on the ledger, EC2, other functions and people taken out. */
const withoutEffects = (cell: GrantCell): GrantCell => {
  const { ports } = cell;
  const { exemptions, region } = ports;
  return {
    ...cell,
    ports: {
      ...ports,
      region: (name) => ({ ...region(name), grants: NO_GRANTS }),
      register: readOnly(ports.register),
      exemptions: {
        live: async (groupIds) => await exemptions.live(groupIds),
        all: async () => await exemptions.all(),
        find: async (id) => await exemptions.find(id),
        put: nothing,
      },
      records: { change: nothing },
      budget: { resume: nothing },
      notices: { publish: nothing, announce: nothing },
      reexamine: { release: nothing, look: nothing, replay: nothing, takeBack: nothing },
      confirmations: { wait: nothing },
    },
  };
};

/**
 * Answers a command as it would be answered, and changes nothing. A migration is refused, because its steps depend on what EC2 answers to
 * the ones before.
 *
 * @param carryOut what does the command in a cell.
 * @throws CallFailed, Unfinished, FactUnread.
 */
export async function rehearse(
  command: Rehearsed,
  cell: GrantCell,
  carryOut: (command: Command, cell: GrantCell) => Promise<CommandResult>,
): Promise<CommandResult> {
  const { dryRun: _dryRun, ...asked } = command;
  const entry = asked.do === 'release' ? await entryOf(asked.id, cell) : undefined;
  if (entry?.plan.decision.remedy === 'migrate') return refuse('the approval of a migration has no dry run');
  return await carryOut(asked, withoutEffects(cell));
}
