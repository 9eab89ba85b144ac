import type { Exemption } from '../../domain/exemption.ts';
import type { Command, CommandResult } from '../../domain/requests/command.ts';
import { askedNow, isSameRequest } from '../../remediation/asked.ts';
import { afterExemptions } from '../common/after-exemption.ts';
import type { GrantCell } from '../common/cell.ts';
import { lookAgain } from '../common/look-again.ts';
import { refuse } from '../common/refuse.ts';
import { reasonProblems } from '../common/terms.ts';
import { knownExemption } from './known-exemption.ts';

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
