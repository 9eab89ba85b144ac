import { InputInvalid } from '../../shared/domain/errors.ts';
import { sanitize } from '../../shared/network/format.ts';
import { type CommandOutput, formatsFor, type ReportFormat, type ReportKind } from '../../shared/reports/formats.ts';
import type { Terminal } from '../terminal.ts';
import { paintFor } from './text.ts';

/** The options that a command was given, as far as the format needs them. */
interface FormatArguments {
  readonly value: (name: string) => string | undefined;
}

/** `--format`, as the help of a command shows it. */
export function formatOption(kind: ReportKind): { readonly value: string; readonly help: string } {
  const names = formatsFor(kind).map(({ name }) => name);
  return { value: names.join('|'), help: `what to print (default ${names[0]})` };
}

/**
 * The format that `--format` names; without the option the default. Throws InputInvalid for a name that is no
 * format.
 */
export function formatFrom<K extends ReportKind>(args: FormatArguments, kind: K): ReportFormat<K> {
  const formats = formatsFor(kind);
  const given = args.value('format') ?? formats[0]?.name;
  const format = formats.find(({ name }) => name === given);
  if (format !== undefined) return format;
  const names = formats.map(({ name }) => name);
  throw new InputInvalid(`--format ${JSON.stringify(given)}: expected ${names.join(' or ')}`);
}

/** Prints the result of a command in the format that the user chose. */
export interface ResultPrinter {
  readonly readBy: ReportFormat<'result'>['readBy'];
  readonly print: (output: CommandOutput) => void;
  /** Prints a refusal: the data for programs; for people the reasons, on standard error. */
  readonly refuse: (data: object, reasons: readonly string[]) => void;
  /** Prints a line that only people need, such as the header of a dry run. */
  readonly announce: (line: string) => void;
}

/**
 * Makes the printer before the command does anything, so that a wrong `--format` changes nothing. Throws
 * InputInvalid.
 */
export function resultPrinter(args: FormatArguments, terminal: Terminal): ResultPrinter {
  const { readBy, write } = formatFrom(args, 'result');
  const print = (output: CommandOutput) => terminal.out(write(output, paintFor(terminal)));
  if (readBy === 'programs')
    return { readBy, print, refuse: (data) => print({ data, text: () => '' }), announce: () => {} };
  return {
    readBy,
    print,
    refuse: (_data, reasons) => {
      for (const reason of reasons) terminal.err(`portcullis: refused: ${sanitize(reason)}\n`);
    },
    announce: (line) => terminal.out(`${line}\n`),
  };
}
