import type { Change, Trigger } from '../domain/change.ts';
import { RemediatorError, Unfinished } from '../domain/errors.ts';
import type { RemediationPorts } from '../domain/ports.ts';
import { settleAll } from './settle-all.ts';

/**
 * Time for Lambda's retries before on-schedule requests an evaluation of the group, ms. They come one and two
 * minutes after the attempts.
 */
const AFTER_RETRIES_MS = 240_000;

/** A removal opens nothing, and the sweep corrects the record of its group. */
const OPENS_NOTHING: ReadonlySet<Trigger> = new Set(['rules-removed']);

function mayPass(error: unknown): boolean {
  return !(error instanceof RemediatorError) || error.retryable;
}

/**
 * Schedules an evaluation of the groups of an event that this attempt could not handle, because Lambda drops
 * an event after three attempts. EC2 removes five rules a second for an account and region, so in a large
 * burst some events fail in all three.
 *
 * The evaluation covers many groups at once. It removes the rules that a confirmed record does not have. An
 * event that does not name groups by id is left to Lambda's retries and the failure queue.
 *
 * @returns the error to throw, with the faults of the scheduling.
 */
export async function scheduleRecheck(
  { scope, trigger, region, account }: Change,
  error: unknown,
  { records, clock }: Pick<RemediationPorts, 'records' | 'clock'>,
): Promise<unknown> {
  if (!mayPass(error) || scope.by !== 'group-id' || OPENS_NOTHING.has(trigger)) return error;
  const recheck = { at: clock.now() + AFTER_RETRIES_MS, region, account };
  const { faults } = await settleAll(scope.ids.map(async (id) => await records.scheduleRecheck(id, recheck)));
  return faults.length === 0 ? error : new Unfinished([error, ...faults]);
}
