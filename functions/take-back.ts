import type { Outcome } from '../shared/model/decision.ts';
import type { Cell } from '../shared/pipeline/cell.ts';
import type { ReleasePointer } from '../shared/pipeline/released.ts';

/**
 * Removes what a migration granted for its own time, in the region that the ledger names. Its code is loaded when it is asked for: a
 * migration is rare, and changes wait for the rest. Throws as `takeBack`.
 */
export const takenBack = async (
  pointer: ReleasePointer,
  cellIn: (region: string) => Cell,
  ledger: Cell['ports']['ledger'],
): Promise<readonly Outcome[]> => {
  const entry = await ledger.find(pointer.groupId, pointer.planId);
  if (entry === undefined) return [];
  const { takeBack } = await import('../shared/pipeline/grant/migrate/take-back.ts');
  return await takeBack(pointer, cellIn(entry.plan.change.region));
};
