import { InputInvalid } from '../../shared/domain/errors.ts';
import { LONGEST_EXEMPTION_MS, LONGEST_FOR_EVERY_GROUP_MS } from '../../shared/domain/exemption.ts';
import type { ExemptionTerms } from '../../shared/domain/requests/command.ts';
import type { Arguments } from '../command.ts';
import { needed, numberOf } from './given.ts';

const DAY_MS = 86_400_000;

const LONGEST_DAYS = LONGEST_EXEMPTION_MS / DAY_MS;

/** The longest time of an exemption of every group, days. */
export const LONGEST_FOR_EVERY_GROUP_DAYS = LONGEST_FOR_EVERY_GROUP_MS / DAY_MS;

/** What the help says of an exemption's terms. */
export const TERMS_HELP = {
  days: `1 to ${LONGEST_DAYS} days`,
  owner: { value: 'WHO', help: 'who answers for the exemption' },
  ticket: { value: 'TEXT', help: 'where it is written down' },
} as const;

/** Days from now, by the option of this name. Throws InputInvalid. */
export const daysFrom = (args: Arguments, name: string, most = LONGEST_DAYS): number => {
  const days = numberOf(args, name, 1, most);
  if (days === undefined) throw new InputInvalid(`--${name} is needed: how long it runs, 1 to ${most} days`);
  return days;
};

/** The terms of an exemption, its days by the option of this name. Throws InputInvalid. */
export const termsFrom = (args: Arguments, daysOption: string, most = LONGEST_DAYS): ExemptionTerms => {
  const ticket = args.value('ticket');
  return {
    days: daysFrom(args, daysOption, most),
    owner: needed(args, 'owner', 'who answers for the exemption'),
    ...(ticket !== undefined && { ticket }),
  };
};
