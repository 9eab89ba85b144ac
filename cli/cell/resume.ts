import type { Command } from '../command.ts';
import { formatOf } from '../format-option.ts';
import { ASKING_EXIT_CODES } from '../help.ts';
import { ask } from './ask.ts';
import { reasonOf } from './given.ts';
import { CELL_OPTIONS, DRY_RUN, REASON_OPTION } from './options.ts';
import { dryRunOf, tellAsked } from './tell.ts';

/** `portcullis resume` */
export const resume: Command = {
  name: 'resume',
  takes: '',
  most: 0,
  summary: 'Let the cell go on after the budget of removals was spent',
  options: { reason: REASON_OPTION, ...CELL_OPTIONS },
  dryRun: DRY_RUN,
  details: `The budget limits how many rules that were there before are removed in an hour; what a change opens is closed all the same.
The count starts anew, and what was held is looked at again. portcullis remediations --held lists it.`,
  exitCodes: ASKING_EXIT_CODES,
  run: async (args, terminal) => {
    const format = formatOf(args);
    const reason = reasonOf(args);
    const result = await ask(args, terminal, ({ by }) => ({ do: 'resume-budget', by, reason, ...dryRunOf(args) }));
    return tellAsked(args, result, format, terminal);
  },
};
