import type { Command, CommandResult } from '../../model/command.ts';
import type { Exemption } from '../../model/exemption.ts';
import { afterExemptions } from './after-exemption.ts';
import { askedNow, isSameRequest } from './asked.ts';
import type { GrantCell } from './cell.ts';
import { knownExemption } from './known-exemption.ts';
import { lookAgain } from './look-again.ts';
import { refuse } from './refuse.ts';
import { reasonProblems } from './terms.ts';

/** A request to take leave back. */
export type EndExemption = Extract<Command, { do: 'end-exemption' }>;

/** Ends an exemption, has its group looked at again, and tells people. Who ended it first stands. Throws CallFailed. */
export const endExemption = async (command: EndExemption, cell: GrantCell): Promise<CommandResult> => {
  const { exemptions, notices, clock } = cell.ports;
  const problems = reasonProblems(command.reason);
  if (problems.length > 0) return refuse(...problems);
  const known = await knownExemption(command.id, cell);
  if ('refusal' in known) return known.refusal;
  const asked = askedNow(command, clock);
  const { ended } = known.exemption;
  const exemption: Exemption = { ...known.exemption, ended: ended ?? asked };
  if (ended !== undefined && !isSameRequest(ended, asked)) return { kind: 'ended', exemption };
  await exemptions.put(exemption);
  await lookAgain(exemption, cell);
  const after = await afterExemptions([exemption], cell);
  await notices.announce({ id: `ended ${exemption.id}`, what: 'exemption-ended', exemption, ...after });
  return { kind: 'ended', exemption, ...after };
};
