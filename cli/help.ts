import { alignColumns } from '../shared/reports/text.ts';
import { type Command, EXIT_CODE_TEXTS, optionsOf } from './command.ts';

function helpTable(rows: readonly (readonly string[])[]): readonly string[] {
  return alignColumns(rows).map((row) => `  ${row.join('  ')}`);
}

function optionRows(command: Command): readonly (readonly string[])[] {
  return Object.entries(optionsOf(command)).map(([name, { value, help }]) => [
    value === undefined ? `--${name}` : `--${name} ${value}`,
    help,
  ]);
}

/** The help of one command. */
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
    EXIT_CODE_TEXTS[command.exitCodes],
    '',
  ].join('\n');
}

/** The help of `portcullis` without a command: every command with its summary. */
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
