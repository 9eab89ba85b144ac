import { clipped } from '../../exposure/clipped.ts';
import type { CommandResult } from '../../model/command.ts';
import type { Exemption } from '../../model/exemption.ts';
import type { GrantCell } from './cell.ts';
import { MOST_SHOWN, refuse } from './refuse.ts';

/** The ledger's exemption of an id, or why there is none to be changed. Throws CallFailed. */
export const knownExemption = async (
  id: string,
  { policy, ports }: GrantCell,
): Promise<{ readonly exemption: Exemption } | { readonly refusal: CommandResult }> => {
  const exemption = await ports.exemptions.find(id);
  const isKnown = exemption !== undefined && exemption.at < exemption.until && exemption.provisional === undefined;
  if (isKnown) return { exemption };
  const isWritten = policy.exemptions.some((one) => one.id === id);
  return {
    refusal: refuse(
      isWritten
        ? `${id} stands in the policy file: change it there, and deploy`
        : `there is no exemption ${clipped(JSON.stringify(id), MOST_SHOWN)}: the list of exemptions has their ids`,
    ),
  };
};
