import { InputInvalid } from '../../shared/domain/errors.ts';
import { isBlank } from '../../shared/domain/notifications/visible-text.ts';
import { REMEDIATION_ID } from '../../shared/domain/remediation-id.ts';
import type { Arguments } from '../command.ts';

/** An option that a command cannot do without. Throws InputInvalid, saying what it is for. */
export const needed = (args: Arguments, name: string, purpose: string): string => {
  const given = args.value(name)?.trim() ?? '';
  if (isBlank(given)) throw new InputInvalid(`--${name} is needed: ${purpose}`);
  return given;
};

/** The reason that goes on the record. Throws InputInvalid where none is given. */
export const reasonOf = (args: Arguments): string => needed(args, 'reason', 'why, in words for the record');

/** An option that is a whole number from `least` to `most`; undefined where it is not given. Throws InputInvalid. */
export const numberOf = (args: Arguments, name: string, least: number, most: number): number | undefined => {
  const given = args.value(name);
  if (given === undefined) return undefined;
  const number = /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new InputInvalid(`--${name} ${JSON.stringify(given)}: expected a whole number from ${least} to ${most}`);
};

/** The remediation that a command is about, its only argument, as it was copied. Throws InputInvalid where it is none. */
export const remediationOf = ({ positionals: [given] }: Arguments): string => {
  const id = given?.trim().toLowerCase() ?? '';
  if (REMEDIATION_ID.test(id)) return id;
  const problem =
    given === undefined
      ? 'the id of a remediation is needed'
      : `${JSON.stringify(given)} is not the id of a remediation`;
  throw new InputInvalid(`${problem}, 26 letters and digits: alerts and portcullis remediations have them`);
};
