import { columns } from '../shared/reports/lines.ts';
import { type Command, optionsOf } from './command.ts';

const EXIT_CODES =
  'Exit codes: 0 clean, 1 findings, 2 error (also if only a part could not be read). Findings of low severity do not count.';

/** Exit codes of a command that asks the cell for something. */
export const ASKING_EXIT_CODES = 'Exit codes: 0 done, 1 refused, 2 error (also if the cell was not reached).';

/** Exit codes of a command that prints something and judges nothing. */
export const PRINTING_EXIT_CODES = 'Exit codes: 0 done, 2 error.';

const table = (rows: readonly (readonly string[])[]): readonly string[] =>
  columns(rows).map((row) => `  ${row.join('  ')}`);

const optionRows = (command: Command): readonly (readonly string[])[] =>
  Object.entries(optionsOf(command)).map(([name, { value, help }]) => [
    value === undefined ? `--${name}` : `--${name} ${value}`,
    help,
  ]);

/** Help of one command. */
export const commandHelp = (command: Command): string =>
  [
    `Usage: portcullis ${command.name} ${command.takes}`.trimEnd(),
    '',
    `${command.summary}.`,
    '',
    'Options:',
    ...table(optionRows(command)),
    ...(command.details === '' ? [] : ['', command.details]),
    '',
    command.exitCodes ?? EXIT_CODES,
    '',
  ].join('\n');

/** What `portcullis` alone shows. */
export const overview = (commands: readonly Command[]): string =>
  [
    'Portcullis keeps the security groups of an AWS account closed.',
    '',
    'Usage: portcullis COMMAND',
    '       portcullis help COMMAND',
    '       portcullis --version',
    '',
    'Commands:',
    ...table(commands.map(({ name, summary }) => [name, summary])),
    '',
    '`portcullis help COMMAND` shows the options of a command and what its exit codes mean.',
    '',
  ].join('\n');
