import { plain } from '../../shared/exposure/format.ts';
import type { CommandResult } from '../../shared/model/command.ts';
import { EXIT, type ExitCode } from '../command.ts';
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
