import type { ExemptionTerms } from '../../shared/domain/command.ts';
import { InputInvalid } from '../../shared/domain/errors.ts';
import {
  CELL_OPTIONS,
  REASON_OPTION,
  reasonFrom,
  remediationIdFrom,
  sendToCell,
  TERMS_HELP,
  termsFrom,
} from '../cell.ts';
import type { Arguments, Command } from '../command.ts';
import { printResult } from '../output/command-result.ts';
import { resultPrinter } from '../output/format.ts';

/** Reads the terms of the exemption. Throws InputInvalid for --owner or --ticket without an exemption. */
function exemptionTermsFrom(args: Arguments): { readonly exempt?: ExemptionTerms } {
  if (args.value('exempt-days') !== undefined) return { exempt: termsFrom(args, 'exempt-days') };
  const unexpected = ['owner', 'ticket'].find((name) => args.value(name) !== undefined);
  if (unexpected === undefined) return {};
  throw new InputInvalid(`--${unexpected} belongs to an exemption: give --exempt-days N, too`);
}

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
  exitCodes: 'cell',
  run: async (args, terminal) => {
    const printer = resultPrinter(args, terminal);
    const [id, reason, dryRun, exempt] = [
      remediationIdFrom(args),
      reasonFrom(args),
      args.has('dry-run'),
      exemptionTermsFrom(args),
    ];
    const result = await sendToCell(args, terminal, ({ by }) => ({ do: 'restore', id, dryRun, ...exempt, by, reason }));
    return printResult(result, printer);
  },
};
