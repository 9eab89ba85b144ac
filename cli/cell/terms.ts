import type { ExemptionTerms } from '../../shared/model/command.ts';
import { InputInvalid } from '../../shared/model/errors.ts';
import { LONGEST_EXEMPTION_MS } from '../../shared/model/exemption.ts';
import type { Arguments } from '../command.ts';
import { needed, numberOf } from './given.ts';

const LONGEST_DAYS = LONGEST_EXEMPTION_MS / 86_400_000;

/** What the help says of an exemption's terms. */
export const TERMS_HELP = {
  days: `1 to ${LONGEST_DAYS} days`,
  owner: { value: 'WHO', help: 'who answers for the exemption' },
  ticket: { value: 'TEXT', help: 'where it is written down' },
} as const;

/** Days from now, by the option of this name. Throws InputInvalid. */
export const daysFrom = (args: Arguments, name: string): number => {
  const days = numberOf(args, name, 1, LONGEST_DAYS);
  if (days === undefined) throw new InputInvalid(`--${name} is needed: how long it runs, ${TERMS_HELP.days}`);
  return days;
};

/** The terms of an exemption, its days by the option of this name. Throws InputInvalid. */
export const termsFrom = (args: Arguments, daysOption: string): ExemptionTerms => {
  const ticket = args.value('ticket');
  return {
    days: daysFrom(args, daysOption),
    owner: needed(args, 'owner', 'who answers for the exemption'),
    ...(ticket !== undefined && { ticket }),
  };
};
