import { columns } from '../shared/reports/lines.ts';
import type { Command } from './command.ts';

const EXIT_CODES =
  'Exit codes: 0 clean, 1 findings, 2 error (also where only a part could not be read). Findings of low severity do not count.';

/** Exit codes of a command that asks the cell for something. */
export const ASKING_EXIT_CODES = 'Exit codes: 0 done, 1 refused, 2 error (also where the cell was not reached).';

const table = (rows: readonly (readonly string[])[]): readonly string[] =>
  columns(rows).map((row) => `  ${row.join('  ')}`);

const optionRows = ({ options }: Command): readonly (readonly string[])[] => [
  ...Object.entries(options).map(([name, { value, help }]) => [
    value === undefined ? `--${name}` : `--${name} ${value}`,
    help,
  ]),
  ['--help', 'show this'],
];

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
    '',
    'Commands:',
    ...table(commands.map(({ name, summary }) => [name, summary])),
    '',
    '`portcullis COMMAND --help` tells more.',
    EXIT_CODES,
    'Commands that ask the cell for something: 0 done, 1 refused, 2 error.',
    '',
  ].join('\n');
