import type { LookRequest } from '../../shared/model/command.ts';
import type { Outcome } from '../../shared/model/decision.ts';
import type { Ledger } from '../../shared/model/ledger.ts';
import type { Clock } from '../../shared/model/ports.ts';
import type { Cell } from '../../shared/pipeline/cell.ts';
import { type ReleasePointer, releasedChange } from '../../shared/pipeline/released.ts';
import type { EventReading } from '../../shared/readers/cloudtrail.ts';
import { sweepChange } from '../../shared/readers/look-request.ts';

/** What a request needs besides itself. */
interface Surroundings {
  readonly ledger: Pick<Ledger, 'find'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Of this invocation. */
  readonly requestId: string;
}

/**
 * The change that a request of on-grant or on-schedule asks for. A request to release a plan is believed only as far as the ledger has
 * the plan as released. Throws CallFailed.
 */
export const changeOf = async (
  request: LookRequest,
  { ledger, clock, requestId }: Surroundings,
): Promise<EventReading> => {
  if (request.do === 'look') return { kind: 'change', change: sweepChange(request, requestId, clock.now()) };
  const change = await releasedChange(request, ledger);
  return change === undefined
    ? { kind: 'ignored', reason: `the ledger does not have ${request.planId} as released` }
    : { kind: 'change', change };
};

/**
 * Removes what a migration granted for its own time, in the region that the ledger names. Its code loads with the first such request:
 * a migration is rare, and changes wait for the rest. Throws as `takeBack`.
 */
export const takenBack = async (
  pointer: ReleasePointer,
  cellIn: (region: string) => Cell,
  ledger: Cell['ports']['ledger'],
): Promise<readonly Outcome[]> => {
  const entry = await ledger.find(pointer.groupId, pointer.planId);
  if (entry === undefined) return [];
  const { takeBack } = await import('../../shared/pipeline/grant/migrate/take-back.ts');
  return await takeBack(pointer, cellIn(entry.plan.change.region));
};
