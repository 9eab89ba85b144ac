import manifest from '../package.json' with { type: 'json' };
import { SEVERITIES, type Severity } from '../shared/domain/finding.ts';
import { sanitize } from '../shared/network/format.ts';
import type { ReportKind } from '../shared/reports/formats.ts';
import type { Totals } from '../shared/reports/review.ts';
import { counted } from '../shared/reports/text.ts';
import { formatOption } from './output/format.ts';
import type { Terminal } from './terminal.ts';

/** The version of the command line, such as `0.1.0`. */
export const VERSION: string = manifest.version;

/** Exit codes. `error` also means that only a part could not be done or read; it outweighs findings. */
export const EXIT = { clean: 0, done: 0, findings: 1, refused: 1, error: 2 } as const;

/** One of the exit codes. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What the help says about exit codes, by the kind of command. */
export const EXIT_CODE_TEXTS = {
  judging:
    'Exit codes: 0 clean, 1 findings, 2 error (also if only a part could not be read). Findings of low severity do not count.',
  cell: 'Exit codes: 0 done, 1 refused, 2 error (also if the cell was not reached).',
  printing: 'Exit codes: 0 done, 2 error.',
  preflight: 'Exit codes: 0 ready, 1 not ready, 2 error.',
} as const;

/**
 * An option of a command. Without `value` it is a switch; otherwise `value` is what the usage shows, such as
 * `FILE`.
 */
export interface Option {
  readonly value?: string;
  readonly help: string;
}

/** The arguments that a user gave to a command. */
export interface Arguments {
  readonly positionals: readonly string[];
  /** The value of an option; undefined if the option was not given. */
  readonly value: (name: string) => string | undefined;
  /** Whether a switch was given. */
  readonly has: (name: string) => boolean;
}

/** A command. `commands/registry.ts` lists them; parser, help and suggestions derive from that list. */
export interface Command {
  readonly name: string;
  /** Arguments as the usage shows them: `EVENT.json`. */
  readonly takes: string;
  /** Greatest number of positional arguments. */
  readonly most: number;
  /** One line. */
  readonly summary: string;
  /** Options of this command alone. `optionsOf` adds those that derive from the other fields. */
  readonly options: Readonly<Record<string, Option>>;
  /** What `--dry-run` prints. A command has this option only if this text is present. */
  readonly dryRun?: string;
  /**
   * The kind of report, which decides the values of `--format` (default `result`). `stream`: the command
   * prints lines until the user stops it, and has no `--format`.
   */
  readonly prints?: ReportKind | 'stream';
  /** Text of the help below the options. */
  readonly details: string;
  readonly exitCodes: keyof typeof EXIT_CODE_TEXTS;
  /** Throws RemediatorError for an error that the user can correct. */
  readonly run: (args: Arguments, terminal: Terminal) => Promise<ExitCode>;
}

/**
 * Every option of a command, in the order of its help. Parser and help both use this list, so the help cannot
 * name an option that the parser rejects.
 */
export function optionsOf({ options, dryRun, prints = 'result' }: Command): Readonly<Record<string, Option>> {
  return {
    ...options,
    ...(dryRun !== undefined && { 'dry-run': { help: dryRun } }),
    ...(prints !== 'stream' && { format: formatOption(prints) }),
    help: { help: 'show this help' },
  };
}

/** Number of errors that are printed; the rest is counted, because one broken file may cause any number. */
const MOST_ERRORS = 20;

/**
 * Findings of low severity do not fail a scan. Every new group allows all outbound traffic, so otherwise no
 * account would pass.
 */
function isCounted(severity: Severity): boolean {
  return severity !== 'low';
}

/** Prints on standard error what could not be judged, and returns the exit code. */
export function reportErrors({ errors, found }: Totals, terminal: Terminal): ExitCode {
  for (const error of errors.slice(0, MOST_ERRORS)) terminal.err(`portcullis: ${sanitize(error)}\n`);
  const more = errors.length - MOST_ERRORS;
  if (more > 0) terminal.err(`portcullis: … and ${counted(more, 'error')} more: --format json has all\n`);
  if (errors.length > 0) return EXIT.error;
  return SEVERITIES.some((severity) => isCounted(severity) && found[severity] > 0) ? EXIT.findings : EXIT.clean;
}
