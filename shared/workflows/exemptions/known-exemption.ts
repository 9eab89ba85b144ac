import type { Exemption } from '../../domain/exemption.ts';
import type { CommandResult } from '../../domain/requests/command.ts';
import { clipped } from '../../network/text/clipped.ts';
import type { GrantCell } from '../common/cell.ts';
import { MOST_SHOWN, refuse } from '../common/refuse.ts';

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
