import { SEVERITIES, type Severity } from '../shared/domain/finding.ts';
import { sanitize } from '../shared/network/format.ts';
import type { ReportKind } from '../shared/reports/formats.ts';
import type { Totals } from '../shared/reports/review.ts';
import { counted } from '../shared/reports/text.ts';
import { formatOption } from './output/format.ts';
import type { Terminal } from './terminal.ts';

/**
 * How a command ends. One that judges: 0 nothing found, 1 something found of more than low severity. One that asks the cell for something:
 * 0 done, 1 refused. Both: 2 something could not be done or read, which outweighs what was found.
 */
export const EXIT = { clean: 0, done: 0, findings: 1, refused: 1, error: 2 } as const;

/** One of the exit codes. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** An option of a command: with a value (its name in capitals for the usage), or a switch without one. */
export interface Option {
  readonly value?: string;
  readonly help: string;
}

/** What a user gave a command. */
export interface Arguments {
  readonly positionals: readonly string[];
  /** Value of an option that takes one; undefined where it was not given. */
  readonly value: (name: string) => string | undefined;
  /** Whether a switch was given. */
  readonly has: (name: string) => boolean;
}

/** A subcommand. */
export interface Command {
  readonly name: string;
  /** Arguments as the usage shows them: `EVENT.json`. */
  readonly takes: string;
  /** Most positional arguments it takes. */
  readonly most: number;
  /** One line. */
  readonly summary: string;
  /** Its own options. `optionsOf` adds those that follow from the other fields. */
  readonly options: Readonly<Record<string, Option>>;
  /** What `--dry-run` prints. A command has this option only if this text is present. */
  readonly dryRun?: string;
  /**
   * The kind of report, which decides the values of `--format` (default `result`). `stream`: the command prints lines until the user
   * stops it, and has no `--format`.
   */
  readonly prints?: ReportKind | 'stream';
  /** What the help says below the options. */
  readonly details: string;
  /** What its exit codes mean. Absent: it judges groups, see `EXIT`. */
  readonly exitCodes?: string;
  /** Throws RemediatorError for what the user can put right. */
  readonly run: (args: Arguments, terminal: Terminal) => Promise<ExitCode>;
}

/**
 * Every option that a command understands, in the order of its help. Both the parser and the help read this list, so the help cannot
 * promise an option that the parser rejects.
 */
export function optionsOf({ options, dryRun, prints = 'result' }: Command): Readonly<Record<string, Option>> {
  return {
    ...options,
    ...(dryRun !== undefined && { 'dry-run': { help: dryRun } }),
    ...(prints !== 'stream' && { format: formatOption(prints) }),
    help: { help: 'show this help' },
  };
}

/** Errors that are said before the rest is counted: one broken file may have any number. */
const MOST_ERRORS = 20;

/**
 * Findings of low severity are shown and do not count: every group that EC2 makes lets everything out, and a check that no account
 * passes is a check that nobody runs.
 */
function isCounted(severity: Severity): boolean {
  return severity !== 'low';
}

/** Says on standard error what could not be judged, and gives the exit code: an error outweighs findings, as the answer is not whole. */
export function reportErrors({ errors, found }: Totals, terminal: Terminal): ExitCode {
  for (const error of errors.slice(0, MOST_ERRORS)) terminal.err(`portcullis: ${sanitize(error)}\n`);
  const more = errors.length - MOST_ERRORS;
  if (more > 0) terminal.err(`portcullis: … and ${counted(more, 'error')} more: --format json has all\n`);
  if (errors.length > 0) return EXIT.error;
  return SEVERITIES.some((severity) => isCounted(severity) && found[severity] > 0) ? EXIT.findings : EXIT.clean;
}
