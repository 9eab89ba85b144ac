import type { ExemptionTerms } from '../../model/command.ts';
import { type Exemption, LONGEST_EXEMPTION_MS } from '../../model/exemption.ts';

const DAY_MS = 86_400_000;

const LONGEST_DAYS = LONGEST_EXEMPTION_MS / DAY_MS;

/** When so many days from now are over, ms. */
export const afterDays = (now: number, days: number): number => now + days * DAY_MS;

/** What is wrong with a number of days. */
export const daysProblems = (days: number): readonly string[] =>
  Number.isInteger(days) && days >= 1 && days <= LONGEST_DAYS
    ? []
    : [`an exemption runs for 1 to ${LONGEST_DAYS} whole days, not ${days}`];

/** What is wrong with a reason. */
export const reasonProblems = (reason: string): readonly string[] =>
  reason.trim() === '' ? ['it needs a reason'] : [];

/** What is wrong with the terms of an exemption, all of it. */
export const termsProblems = ({ days, owner }: ExemptionTerms, reason: string): readonly string[] => [
  ...daysProblems(days),
  ...(owner.trim() === '' ? ['an exemption needs an owner, who answers for it'] : []),
  ...reasonProblems(reason),
];

/** The terms as an exemption has them. */
export const termsOf = (
  { days, owner, ticket }: ExemptionTerms,
  now: number,
): Pick<Exemption, 'owner' | 'ticket' | 'until'> => ({
  owner,
  ...(ticket !== undefined && { ticket }),
  until: afterDays(now, days),
});
