import type { Outcome, Plan } from '../domain/decision.ts';
import type { RevokeResult, RevokeStep } from '../domain/ec2.ts';
import { RemediatorError } from '../domain/errors.ts';
import type { Rule } from '../domain/group.ts';
import type { Reservation } from '../domain/ledger.ts';
import type { RemediationPorts } from '../domain/ports.ts';

function isRevoke(step: Plan['steps'][number]): step is RevokeStep {
  return step.do === 'revoke';
}

/** The fault of the plan. A retryable fault comes first, because then the plan is tried again. */
function faultOf(results: readonly PromiseSettledResult<RevokeResult>[]): RemediatorError | undefined {
  const faults = results.flatMap((result): readonly unknown[] => {
    if (result.status === 'rejected') return [result.reason];
    return result.value.fault === undefined ? [] : [result.value.fault];
  });
  const known = faults.filter((fault) => fault instanceof RemediatorError);
  if (known.length < faults.length) throw faults.find((fault) => !(fault instanceof RemediatorError));
  return known.find(({ retryable }) => retryable) ?? known[0];
}

/**
 * Rules whose ids no longer exist, divided into rules that Portcullis removed and rules that somebody else
 * removed. If the reservation is resumed or EC2's answer was lost, an earlier attempt may have removed the
 * rules. These count as ours, because an unreported removal is worse than one that is reported twice.
 */
function goneByOwner(
  reservation: Reservation,
  revoked: readonly RevokeResult[],
): readonly [ours: readonly Rule[], theirs: readonly Rule[]] {
  const gone = revoked.flatMap((answer) => answer.gone);
  if (reservation === 'resume') return [gone, []];
  const ours = revoked.flatMap(({ unanswered }) => unanswered);
  return [ours, gone.filter((rule) => !ours.includes(rule))];
}

/**
 * Removes the rules of a reserved plan, both directions in parallel. A rule that is already gone is a
 * success. A rule that somebody changed stays, and is returned as changed.
 *
 * @throws RemediatorError if it is retryable: the ledger entry stays open, and the next attempt resumes it.
 */
export async function apply(plan: Plan, reservation: Reservation, ports: RemediationPorts): Promise<Outcome> {
  const results = await Promise.allSettled(plan.steps.filter(isRevoke).map((step) => ports.groups.revoke(step)));
  const fault = faultOf(results);
  const revoked = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const removed = revoked.flatMap((result) => result.removed);
  ports.journal({ what: 'revoked', plan, removed });
  if (fault?.retryable) throw fault;
  const [ours, theirs] = goneByOwner(reservation, revoked);
  return {
    plan,
    status: fault === undefined ? 'done' : 'failed',
    removed: [...removed, ...ours],
    alreadyGone: theirs,
    changed: revoked.flatMap(({ changed }) => changed),
    ...(fault && { fault }),
    at: ports.clock.now(),
  };
}
