import type { LookRequest } from '../shared/model/command.ts';
import type { Ledger } from '../shared/model/ledger.ts';
import type { Clock } from '../shared/model/ports.ts';
import { releasedChange } from '../shared/pipeline/released.ts';
import type { EventReading } from '../shared/readers/cloudtrail.ts';
import { sweepChange } from '../shared/readers/look-request.ts';

/** What a request needs besides itself. */
export interface Surroundings {
  readonly ledger: Pick<Ledger, 'find'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Of this invocation. */
  readonly requestId: string;
}

/**
 * The change that a request of on-grant's or the schedule's comes to. What a person let go is believed only as far as the ledger has it.
 * Throws CallFailed.
 */
export const occasionOf = async (
  request: LookRequest,
  { ledger, clock, requestId }: Surroundings,
): Promise<EventReading> => {
  if (request.do === 'look') return { kind: 'change', change: sweepChange(request, requestId, clock.now()) };
  const change = await releasedChange(request, ledger);
  return change === undefined
    ? { kind: 'ignored', reason: `the ledger does not have ${request.planId} as released` }
    : { kind: 'change', change };
};
