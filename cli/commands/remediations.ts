import { InputInvalid } from '../../shared/domain/errors.ts';
import { CELL_OPTIONS, listFromCell, numberFrom } from '../cell.ts';
import type { Arguments, Command } from '../command.ts';
import { printResult } from '../output/command-result.ts';
import { resultPrinter } from '../output/format.ts';

/** Default and greatest number of remediations. Each is one read of the ledger. */
const [USUAL, MOST] = [20, 500];

function listFrom(args: Arguments): 'remediations' | 'pending' | 'held' {
  if (args.has('pending') && args.has('held')) throw new InputInvalid('--pending and --held: give one of them');
  if (args.has('pending')) return 'pending';
  return args.has('held') ? 'held' : 'remediations';
}

/** `portcullis remediations` */
export const remediations: Command = {
  name: 'remediations',
  takes: '',
  most: 0,
  summary: 'List what was closed, and what waits for a person, with the ids to use',
  options: {
    pending: { help: 'only those that wait for approve or decline' },
    held: { help: 'only those that the spent budget holds' },
    most: { value: 'N', help: `how many (default ${USUAL}, at most ${MOST})` },
    ...CELL_OPTIONS,
  },
  details: 'The newest come first; of those that wait, the oldest.',
  exitCodes: 'cell',
  run: async (args, terminal) => {
    const printer = resultPrinter(args, terminal);
    const most = numberFrom(args, 'most', 1, MOST) ?? USUAL;
    return printResult(await listFromCell(args, terminal, { do: 'list', what: listFrom(args), most }), printer);
  },
};
