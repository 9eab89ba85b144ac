import type { Entry } from '../../domain/ledger.ts';
import type { GrantCell } from './cell.ts';

/** A remediation by the id that people use, with everything recorded until now. Throws CallFailed. */
export const entryOf = async (id: string, { ports }: GrantCell): Promise<Entry | undefined> => {
  const entry = await ports.register.byId(id);
  if (entry === undefined) return undefined;
  const { plan } = entry;
  return (await ports.register.find(plan.decision.group.id, plan.id)) ?? entry;
};
