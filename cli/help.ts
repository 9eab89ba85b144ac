import manifest from '../package.json' with { type: 'json' };
import { alignColumns } from '../shared/reports/text.ts';
import { type Command, optionsOf } from './command.ts';

/** The version of the command line, such as `0.1.0`. */
export const VERSION: string = manifest.version;

const JUDGING_EXIT_CODES =
  'Exit codes: 0 clean, 1 findings, 2 error (also if only a part could not be read). Findings of low severity do not count.';

/** Exit codes of a command that asks the cell for something. */
export const CELL_EXIT_CODES = 'Exit codes: 0 done, 1 refused, 2 error (also if the cell was not reached).';

/** Exit codes of a command that prints something and judges nothing. */
export const PRINTING_EXIT_CODES = 'Exit codes: 0 done, 2 error.';

function helpTable(rows: readonly (readonly string[])[]): readonly string[] {
  return alignColumns(rows).map((row) => `  ${row.join('  ')}`);
}

function optionRows(command: Command): readonly (readonly string[])[] {
  return Object.entries(optionsOf(command)).map(([name, { value, help }]) => [
    value === undefined ? `--${name}` : `--${name} ${value}`,
    help,
  ]);
}

/** Help of one command. */
export function commandHelp(command: Command): string {
  return [
    `Usage: portcullis ${command.name} ${command.takes}`.trimEnd(),
    '',
    `${command.summary}.`,
    '',
    'Options:',
    ...helpTable(optionRows(command)),
    ...(command.details === '' ? [] : ['', command.details]),
    '',
    command.exitCodes ?? JUDGING_EXIT_CODES,
    '',
  ].join('\n');
}

/** What `portcullis` alone shows. */
export function overview(commands: readonly Command[]): string {
  return [
    'Portcullis keeps the security groups of an AWS account closed.',
    '',
    'Usage: portcullis COMMAND',
    '       portcullis help COMMAND',
    '       portcullis --version',
    '',
    'Commands:',
    ...helpTable(commands.map(({ name, summary }) => [name, summary])),
    '',
    '`portcullis help COMMAND` shows the options of a command and what its exit codes mean.',
    '',
  ].join('\n');
}
