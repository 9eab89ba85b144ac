import { plain } from '../shared/exposure/format.ts';
import type { Review } from '../shared/reports/review.ts';
import { EXIT, type ExitCode } from './command.ts';
import type { Terminal } from './terminal.ts';

/** Says on standard error what could not be judged, and gives the exit code: an error outweighs findings, as the answer is not whole. */
export const finish = ({ errors, judged }: Review, terminal: Terminal): ExitCode => {
  for (const error of errors) terminal.err(`portcullis: ${plain(error)}\n`);
  if (errors.length > 0) return EXIT.error;
  return judged.length > 0 ? EXIT.findings : EXIT.clean;
};
