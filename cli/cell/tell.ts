import type { CommandResult } from '../../shared/domain/requests/command.ts';
import { plain } from '../../shared/network/text/format.ts';
import { type Arguments, EXIT, type ExitCode } from '../command.ts';
import type { Format } from '../format-option.ts';
import { paintFor } from '../paint.ts';
import type { Terminal } from '../terminal.ts';
import { linesText, safeJson } from './lines.ts';
import { isPartial } from './restored-text.ts';
import { resultText } from './result-text.ts';

/** What is done in part only counts as refused. */
const isRefused = (result: CommandResult): boolean =>
  result.kind === 'refused' || (result.kind === 'restored' && isPartial(result));

/** Prints what came of a command; a refusal, in text, on standard error. Gives the exit code. */
export const tell = (result: CommandResult, format: Format, terminal: Terminal): ExitCode => {
  const exit = isRefused(result) ? EXIT.refused : EXIT.done;
  if (format === 'json') terminal.out(safeJson(result));
  else if (result.kind === 'refused')
    for (const reason of result.because) terminal.err(`portcullis: refused: ${plain(reason)}\n`);
  else terminal.out(linesText(resultText(result), paintFor(terminal)));
  return exit;
};

/** The command that a dry run asks for. */
export const dryRunOf = (args: Pick<Arguments, 'has'>): { readonly dryRun?: true } =>
  args.has('dry-run') ? { dryRun: true } : {};

/** Prints what would come of a command, and that nothing did. Gives the exit code. */
const tellDryRun = (result: CommandResult, format: Format, terminal: Terminal): ExitCode => {
  if (format === 'json') {
    terminal.out(safeJson({ ...result, dryRun: true }));
    return isRefused(result) ? EXIT.refused : EXIT.done;
  }
  terminal.out('Dry run: nothing was changed. Without --dry-run the answer would be:\n');
  return tell(result, format, terminal);
};

/** Prints what came of a command that may be a dry run. Gives the exit code. */
export const tellAsked = (
  args: Pick<Arguments, 'has'>,
  result: CommandResult,
  format: Format,
  terminal: Terminal,
): ExitCode => (args.has('dry-run') ? tellDryRun : tell)(result, format, terminal);
