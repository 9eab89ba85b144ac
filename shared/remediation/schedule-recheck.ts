import type { Change, Trigger } from '../domain/change.ts';
import { RemediatorError, Unfinished } from '../domain/errors.ts';
import type { RemediationPorts } from '../domain/ports.ts';
import { settleAll } from './settle-all.ts';

/**
 * How long Lambda's own retries have before on-schedule looks at the group, ms: they come one and two minutes after the first attempt and
 * the second.
 */
const AFTER_RETRIES_MS = 240_000;

/** A removal opens nothing, and the sweep corrects the record of its group. */
const OPENS_NOTHING: ReadonlySet<Trigger> = new Set(['rules-removed']);

function mayPass(error: unknown): boolean {
  return !(error instanceof RemediatorError) || error.retryable;
}

/**
 * Has on-schedule look at the groups of an event that this attempt could not handle, because Lambda gives an event up after three
 * attempts. EC2 removes five rules a second for an account and region, so in a large burst some events fail in all three.
 *
 * The look takes many groups at once. It closes the rules that a confirmed record does not have. An event that names its groups otherwise
 * than by their ids is left to Lambda's retries and the failure queue.
 *
 * @returns what the caller throws: the error, with what kept a group from being noted.
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
