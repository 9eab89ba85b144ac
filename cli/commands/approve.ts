import type { CommandResult } from '../../shared/domain/command.ts';
import { CELL_OPTIONS, DRY_RUN_HELP, REASON_OPTION, reasonFrom, remediationIdFrom, sendToCell } from '../cell.ts';
import { type Command, EXIT } from '../command.ts';
import { dryRunOf, printResultOrDryRun } from '../output/command-result.ts';
import { resultPrinter } from '../output/format.ts';

const ANSWERS = { approve: 'released', decline: 'declined' } as const;

/** Whether somebody gave the opposite answer before. */
function isOverruled(result: CommandResult, verb: keyof typeof ANSWERS): boolean {
  return result.kind === 'answered' && result.verdict !== ANSWERS[verb];
}

function answerWith(verb: keyof typeof ANSWERS): Command['run'] {
  return async (args, terminal) => {
    const printer = resultPrinter(args, terminal);
    const [id, reason] = [remediationIdFrom(args), reasonFrom(args)];
    const result = await sendToCell(args, terminal, ({ by }) => ({ do: verb, id, by, reason, ...dryRunOf(args) }));
    const exit = printResultOrDryRun(args, result, printer);
    return isOverruled(result, verb) ? EXIT.refused : exit;
  };
}

const common = {
  takes: 'ID',
  most: 1,
  options: { reason: REASON_OPTION, ...CELL_OPTIONS },
  dryRun: DRY_RUN_HELP,
  exitCodes: 'cell',
} as const;

/** `portcullis approve ID` */
export const approve: Command = {
  ...common,
  name: 'approve',
  summary: 'Let a remediation go on that waits for a person',
  details: `The group is looked at again first: what has changed since the alert is decided anew, and only what has not is closed.
The first answer stands; a migration that stopped goes on where it was when it is approved again. A migration has no dry run, because
each step depends on what EC2 answers to the step before: --dry-run refuses it.
portcullis remediations --pending lists what waits.`,
  run: answerWith('approve'),
};

/** `portcullis decline ID` */
export const decline: Command = {
  ...common,
  name: 'decline',
  summary: 'Tell a remediation that waits for a person not to go on',
  details: 'The first answer stands. The rules stay open; portcullis exempt gives them leave for longer.',
  run: answerWith('decline'),
};
