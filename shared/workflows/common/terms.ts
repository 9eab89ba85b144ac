import {
  type Exemption,
  type ExemptionScope,
  isForEveryGroup,
  LONGEST_EXEMPTION_MS,
  LONGEST_FOR_EVERY_GROUP_MS,
} from '../../domain/exemption.ts';
import { isBlank } from '../../domain/notifications/visible-text.ts';
import type { ExemptionTerms } from '../../domain/requests/command.ts';

const DAY_MS = 86_400_000;

const LONGEST_DAYS = LONGEST_EXEMPTION_MS / DAY_MS;

/** When so many days from now are over, ms. */
export const afterDays = (now: number, days: number): number => now + days * DAY_MS;

/** What is wrong with a number of days for an exemption of this scope; without one, it is of certain rules. */
export const daysProblems = (days: number, scope?: ExemptionScope): readonly string[] => {
  const isWide = scope !== undefined && isForEveryGroup(scope);
  const most = isWide ? LONGEST_FOR_EVERY_GROUP_MS / DAY_MS : LONGEST_DAYS;
  if (Number.isInteger(days) && days >= 1 && days <= most) return [];
  return [`an exemption${isWide ? ' of every group' : ''} runs for 1 to ${most} whole days, not ${days}`];
};

/** What is wrong with a reason. */
export const reasonProblems = (reason: string): readonly string[] => (isBlank(reason) ? ['it needs a reason'] : []);

/** What is wrong with the terms of an exemption, all of it. */
export const termsProblems = (
  { days, owner }: ExemptionTerms,
  reason: string,
  scope?: ExemptionScope,
): readonly string[] => [
  ...daysProblems(days, scope),
  ...(isBlank(owner) ? ['an exemption needs an owner, who answers for it'] : []),
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
