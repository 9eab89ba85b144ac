import { CELL_OPTIONS, DRY_RUN_HELP, REASON_OPTION, reasonFrom, sendToCell } from '../cell.ts';
import type { Command } from '../command.ts';
import { dryRunOf, printResultOrDryRun } from '../output/command-result.ts';
import { resultPrinter } from '../output/format.ts';

/** `portcullis resume` */
export const resume: Command = {
  name: 'resume',
  takes: '',
  most: 0,
  summary: 'Let the cell go on after the budget of removals was spent',
  options: { reason: REASON_OPTION, ...CELL_OPTIONS },
  dryRun: DRY_RUN_HELP,
  details: `The budget limits how many rules that were there before are removed in an hour; what a change opens is closed all the same.
The count starts anew, and what was held is looked at again. portcullis remediations --held lists it.`,
  exitCodes: 'cell',
  run: async (args, terminal) => {
    const printer = resultPrinter(args, terminal);
    const reason = reasonFrom(args);
    const result = await sendToCell(args, terminal, ({ by }) => ({
      do: 'resume-budget',
      by,
      reason,
      ...dryRunOf(args),
    }));
    return printResultOrDryRun(args, result, printer);
  },
};
