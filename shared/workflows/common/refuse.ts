import type { CommandResult, ExemptionTerms } from '../../domain/command.ts';
import { remediationId } from '../../domain/decision.ts';
import {
  type Exemption,
  type ExemptionScope,
  isForEveryGroup,
  LONGEST_EXEMPTION_MS,
  LONGEST_FOR_EVERY_GROUP_MS,
} from '../../domain/exemption.ts';
import type { LedgerEntry } from '../../domain/ledger.ts';
import { isBlank } from '../../domain/message.ts';
import { truncate } from '../../network/format.ts';

/** The result of a refused command, with the reasons. */
export function refuse(...because: readonly string[]): CommandResult {
  return { kind: 'refused', because };
}

/** Most characters of an unknown id that are repeated in an answer: twice the length of an id. */
export const MOST_SHOWN = 52;

export function noRemediation(id: string): CommandResult {
  return refuse(
    `there is no remediation ${truncate(JSON.stringify(id), MOST_SHOWN)}: its alert names the id, and so does the list of remediations`,
  );
}

/** The state of a remediation, as text after its id. */
function stateOf({ outcome, answer }: LedgerEntry): string {
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
}

/** The state of a remediation as a sentence. */
export function stateText(entry: LedgerEntry): string {
  return `remediation ${remediationId(entry.plan)} ${stateOf(entry)}`;
}

const DAY_MS = 86_400_000;

const LONGEST_DAYS = LONGEST_EXEMPTION_MS / DAY_MS;

/** The end of an exemption, milliseconds since the epoch. */
export function afterDays(now: number, days: number): number {
  return now + days * DAY_MS;
}

/** What is wrong with the number of days. */
export function daysProblems(days: number, scope?: ExemptionScope): readonly string[] {
  const isWide = scope !== undefined && isForEveryGroup(scope);
  const most = isWide ? LONGEST_FOR_EVERY_GROUP_MS / DAY_MS : LONGEST_DAYS;
  if (Number.isInteger(days) && days >= 1 && days <= most) return [];
  return [`an exemption${isWide ? ' of every group' : ''} runs for 1 to ${most} whole days, not ${days}`];
}

/** What is wrong with a reason. */
export function reasonProblems(reason: string): readonly string[] {
  return isBlank(reason) ? ['it needs a reason'] : [];
}

/** Everything that is wrong with the terms of an exemption. */
export function termsProblems(
  { days, owner }: ExemptionTerms,
  reason: string,
  scope?: ExemptionScope,
): readonly string[] {
  return [
    ...daysProblems(days, scope),
    ...(isBlank(owner) ? ['an exemption needs an owner, who answers for it'] : []),
    ...reasonProblems(reason),
  ];
}

/** The terms as an exemption has them. */
export function termsOf(
  { days, owner, ticket }: ExemptionTerms,
  now: number,
): Pick<Exemption, 'owner' | 'ticket' | 'until'> {
  return {
    owner,
    ...(ticket !== undefined && { ticket }),
    until: afterDays(now, days),
  };
}
