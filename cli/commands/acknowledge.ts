import { CELL_OPTIONS, DRY_RUN_HELP, REASON_OPTION, reasonFrom, remediationIdFrom, sendToCell } from '../cell.ts';
import type { Command } from '../command.ts';
import { dryRunOf, printResultOrDryRun } from '../output/command-result.ts';
import { resultPrinter } from '../output/format.ts';

/** `portcullis acknowledge ID` */
export const acknowledge: Command = {
  name: 'acknowledge',
  takes: 'ID',
  most: 1,
  summary: 'Tell people that you have seen a remediation and look after it',
  options: { reason: REASON_OPTION, ...CELL_OPTIONS },
  dryRun: DRY_RUN_HELP,
  details: 'Nothing else comes of it: what waits goes on waiting. The first who acknowledges stands on the record.',
  exitCodes: 'cell',
  run: async (args, terminal) => {
    const printer = resultPrinter(args, terminal);
    const [id, reason] = [remediationIdFrom(args), reasonFrom(args)];
    const result = await sendToCell(args, terminal, ({ by }) => ({
      do: 'acknowledge',
      id,
      by,
      reason,
      ...dryRunOf(args),
    }));
    return printResultOrDryRun(args, result, printer);
  },
};
