import { CELL_OPTIONS, REASON_OPTION, reasonFrom, remediationIdFrom, sendToCell } from '../cell.ts';
import type { Command } from '../command.ts';
import { printResult } from '../output/command-result.ts';
import { resultPrinter } from '../output/format.ts';

/** `portcullis roll-back ID` */
export const rollBack: Command = {
  name: 'roll-back',
  takes: 'ID',
  most: 1,
  summary: 'Take back the migration of a default group, step by step, the last one first',
  options: { reason: REASON_OPTION, ...CELL_OPTIONS },
  details: `ID is that of the remediation that migrated. What the default group was stripped of is put back by portcullis restore.
There is no --dry-run, because each step depends on what EC2 answers to the step before. portcullis remediations shows the migration.`,
  exitCodes: 'cell',
  run: async (args, terminal) => {
    const printer = resultPrinter(args, terminal);
    const [id, reason] = [remediationIdFrom(args), reasonFrom(args)];
    return printResult(await sendToCell(args, terminal, ({ by }) => ({ do: 'roll-back', id, by, reason })), printer);
  },
};
