import type { Command } from '../command.ts';
import { formatOf } from '../format-option.ts';
import { ASKING_EXIT_CODES } from '../help.ts';
import { ask } from './ask.ts';
import { reasonOf, remediationOf } from './given.ts';
import { CELL_OPTIONS, DRY_RUN, REASON_OPTION } from './options.ts';
import { dryRunOf, tellAsked } from './tell.ts';

/** `portcullis acknowledge ID` */
export const acknowledge: Command = {
  name: 'acknowledge',
  takes: 'ID',
  most: 1,
  summary: 'Tell people that you have seen a remediation and look after it',
  options: { reason: REASON_OPTION, ...CELL_OPTIONS },
  dryRun: DRY_RUN,
  details: 'Nothing else comes of it: what waits goes on waiting. The first who acknowledges stands on the record.',
  exitCodes: ASKING_EXIT_CODES,
  run: async (args, terminal) => {
    const format = formatOf(args);
    const [id, reason] = [remediationOf(args), reasonOf(args)];
    const result = await ask(args, terminal, ({ by }) => ({ do: 'acknowledge', id, by, reason, ...dryRunOf(args) }));
    return tellAsked(args, result, format, terminal);
  },
};
