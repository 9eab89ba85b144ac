import { InputInvalid } from '../../shared/domain/errors.ts';
import type { ExemptionTerms } from '../../shared/domain/requests/command.ts';
import type { Arguments, Command } from '../command.ts';
import { formatOf } from '../format-option.ts';
import { ASKING_EXIT_CODES } from '../help.ts';
import { ask } from './ask.ts';
import { reasonOf, remediationOf } from './given.ts';
import { CELL_OPTIONS, REASON_OPTION } from './options.ts';
import { tell } from './tell.ts';
import { TERMS_HELP, termsFrom } from './terms.ts';

/** Owner and ticket say nothing without an exemption. */
const exemptFrom = (args: Arguments): { readonly exempt?: ExemptionTerms } => {
  if (args.value('exempt-days') !== undefined) return { exempt: termsFrom(args, 'exempt-days') };
  const stray = ['owner', 'ticket'].find((name) => args.value(name) !== undefined);
  if (stray === undefined) return {};
  throw new InputInvalid(`--${stray} belongs to an exemption: give --exempt-days N, too`);
};

/** `portcullis restore ID` */
export const restore: Command = {
  name: 'restore',
  takes: 'ID',
  most: 1,
  summary: 'Put back exactly what a remediation removed, with descriptions and tags',
  options: {
    reason: REASON_OPTION,
    'exempt-days': { value: 'N', help: `exempt the rules for so long, so that they stay (${TERMS_HELP.days})` },
    owner: TERMS_HELP.owner,
    ticket: TERMS_HELP.ticket,
    ...CELL_OPTIONS,
  },
  dryRun: 'print what would be put back, and change nothing',
  details: `ID is in every alert, and portcullis remediations lists them. Done twice, it does nothing more.
What a control would close again is refused, unless --exempt-days and --owner grant an exemption with it. When that ends, the rule counts
as new.`,
  exitCodes: ASKING_EXIT_CODES,
  run: async (args, terminal) => {
    const format = formatOf(args);
    const [id, reason, dryRun, exempt] = [remediationOf(args), reasonOf(args), args.has('dry-run'), exemptFrom(args)];
    const result = await ask(args, terminal, ({ by }) => ({ do: 'restore', id, dryRun, ...exempt, by, reason }));
    return tell(result, format, terminal);
  },
};
