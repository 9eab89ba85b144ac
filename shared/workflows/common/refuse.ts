import type { Entry } from '../../domain/ledger.ts';
import { remediationId } from '../../domain/remediation-id.ts';
import type { CommandResult } from '../../domain/requests/command.ts';
import { clipped } from '../../network/text/clipped.ts';

/** Nothing was changed, and why. */
export const refuse = (...because: readonly string[]): CommandResult => ({ kind: 'refused', because });

/** Most of a text that is repeated because nothing is known by it, characters: twice the length of an id. */
export const MOST_SHOWN = 52;

/** There is no remediation of that id. */
export const noRemediation = (id: string): CommandResult =>
  refuse(
    `there is no remediation ${clipped(JSON.stringify(id), MOST_SHOWN)}: its alert names the id, and so does the list of remediations`,
  );

/** What became of a remediation, in words that follow its id. */
const stateOf = ({ outcome, answer }: Entry): string => {
  if (answer !== undefined)
    return `was ${answer.verdict === 'released' ? 'approved' : answer.verdict} by ${answer.by.name} on ${new Date(answer.at).toISOString()} (${answer.reason})`;
  if (outcome === undefined) return 'is still being carried out: try again in a minute';
  switch (outcome.status) {
    case 'done':
      return `was carried out on ${new Date(outcome.at).toISOString()}`;
    case 'reported':
      return 'only told people: nothing was to be removed';
    case 'pending':
      return 'waits for a person to approve or decline it';
    case 'held':
      return 'is held until a person lets the budget go on';
    case 'failed':
      return `failed, its rules are still open: ${outcome.fault?.message ?? 'EC2 refused'}`;
    default:
      return outcome.status satisfies never;
  }
};

/** The same as a sentence of its own. */
export const stateText = (entry: Entry): string => `remediation ${remediationId(entry.plan)} ${stateOf(entry)}`;
