import type { Change } from '../../shared/domain/change.ts';
import type { Outcome } from '../../shared/domain/decision.ts';
import { FactUnread } from '../../shared/domain/errors.ts';
import type { Ledger } from '../../shared/domain/ledger.ts';
import type { Clock } from '../../shared/domain/ports.ts';
import type { LookRequest } from '../../shared/domain/requests/command.ts';
import type { Trail } from '../../shared/domain/requests/confirmation.ts';
import type { EventReading } from '../../shared/events/cloudtrail/cloudtrail.ts';
import { sweepChange } from '../../shared/events/requests/look-request.ts';
import type { Cell } from '../../shared/remediation/cell.ts';
import { type ReleasePointer, releasedChange } from '../../shared/remediation/released.ts';

/** What a request needs besides itself. */
interface Surroundings {
  readonly ledger: Pick<Ledger, 'find'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Of this invocation. */
  readonly requestId: string;
  readonly trail: Trail;
  /** The cell's own: no request says which. */
  readonly account: string;
}

/** CloudTrail's own record of the event that a request names, or else a look at its groups. Throws CallFailed, FactUnread. */
async function lookedFor(
  request: Extract<LookRequest, { do: 'look' }>,
  { trail, clock, requestId, account }: Surroundings,
): Promise<Change> {
  const { eventId, region, groupIds } = request;
  const recorded = eventId === undefined ? undefined : await trail.changeOf(eventId, region);
  if (recorded !== undefined) return recorded;
  if (eventId !== undefined && groupIds.length === 0)
    throw new FactUnread(
      `event ${eventId}`,
      `CloudTrail does not have it in ${region}, and the request names no group`,
    );
  return sweepChange(request, { id: requestId, at: clock.now(), account });
}

/**
 * The change that a request of on-grant or on-schedule asks for. A request to release a plan is believed only as far as the ledger has
 * the plan as released. Throws CallFailed.
 */
export const changeOf = async (request: LookRequest, surroundings: Surroundings): Promise<EventReading> => {
  if (request.do === 'look') return { kind: 'change', change: await lookedFor(request, surroundings) };
  const change = await releasedChange(request, surroundings.ledger);
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
  const { takeBack } = await import('../../shared/workflows/migration/take-back.ts');
  return await takeBack(pointer, cellIn(entry.plan.change.region));
};
