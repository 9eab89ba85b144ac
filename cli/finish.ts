import { SEVERITIES, type Severity } from '../shared/domain/controls/finding.ts';
import { plain } from '../shared/network/text/format.ts';
import { counted } from '../shared/reports/lines.ts';
import type { Totals } from '../shared/reports/totals.ts';
import { EXIT, type ExitCode } from './command.ts';
import type { Terminal } from './terminal.ts';

/** Errors that are said before the rest is counted: one broken file may have any number. */
const MOST_ERRORS = 20;

/**
 * Findings of low severity are shown and do not count: every group that EC2 makes lets everything out, and a check that no account
 * passes is a check that nobody runs.
 */
const counts = (severity: Severity): boolean => severity !== 'low';

/** Says on standard error what could not be judged, and gives the exit code: an error outweighs findings, as the answer is not whole. */
export const finish = ({ errors, found }: Totals, terminal: Terminal): ExitCode => {
  for (const error of errors.slice(0, MOST_ERRORS)) terminal.err(`portcullis: ${plain(error)}\n`);
  const more = errors.length - MOST_ERRORS;
  if (more > 0) terminal.err(`portcullis: … and ${counted(more, 'error')} more: --format json has all\n`);
  if (errors.length > 0) return EXIT.error;
  return SEVERITIES.some((severity) => counts(severity) && found[severity] > 0) ? EXIT.findings : EXIT.clean;
};
