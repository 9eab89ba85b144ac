import type { CommandResult } from '../../shared/domain/requests/command.ts';
import { type Command, EXIT } from '../command.ts';
import { formatOf } from '../format-option.ts';
import { ASKING_EXIT_CODES } from '../help.ts';
import { ask } from './ask.ts';
import { reasonOf, remediationOf } from './given.ts';
import { CELL_OPTIONS, DRY_RUN, REASON_OPTION } from './options.ts';
import { dryRunOf, tellAsked } from './tell.ts';

const VERDICTS = { release: 'released', decline: 'declined' } as const;

/** Whether somebody had answered otherwise before. */
const isOverruled = (result: CommandResult, verb: keyof typeof VERDICTS): boolean =>
  result.kind === 'answered' && result.verdict !== VERDICTS[verb];

const answering =
  (verb: keyof typeof VERDICTS): Command['run'] =>
  async (args, terminal) => {
    const format = formatOf(args);
    const [id, reason] = [remediationOf(args), reasonOf(args)];
    const result = await ask(args, terminal, ({ by }) => ({ do: verb, id, by, reason, ...dryRunOf(args) }));
    const exit = tellAsked(args, result, format, terminal);
    return isOverruled(result, verb) ? EXIT.refused : exit;
  };

const common = {
  takes: 'ID',
  most: 1,
  options: { reason: REASON_OPTION, ...CELL_OPTIONS },
  dryRun: DRY_RUN,
  exitCodes: ASKING_EXIT_CODES,
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
  run: answering('release'),
};

/** `portcullis decline ID` */
export const decline: Command = {
  ...common,
  name: 'decline',
  summary: 'Tell a remediation that waits for a person not to go on',
  details: 'The first answer stands. The rules stay open; portcullis exempt gives them leave for longer.',
  run: answering('decline'),
};
