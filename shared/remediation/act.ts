import type { Outcome, Plan } from '../domain/decision.ts';
import { RemediatorError } from '../domain/errors.ts';
import type { Reservation } from '../domain/ledger.ts';
import type { Ports, Revoked, RevokeStep } from '../domain/ports.ts';
import type { Rule } from '../domain/rule.ts';

const isRevoke = (step: Plan['steps'][number]): step is RevokeStep => step.do === 'revoke';

/** The fault that decides: one that may pass by itself first, since the plan has to be tried again then. */
const faultOf = (results: readonly PromiseSettledResult<Revoked>[]): RemediatorError | undefined => {
  const faults = results.flatMap((result): readonly unknown[] => {
    if (result.status === 'rejected') return [result.reason];
    return result.value.fault === undefined ? [] : [result.value.fault];
  });
  const known = faults.filter((fault) => fault instanceof RemediatorError);
  if (known.length < faults.length) throw faults.find((fault) => !(fault instanceof RemediatorError));
  return known.find(({ retryable }) => retryable) ?? known[0];
};

/**
 * Rules whose ids no longer exist, as our own removals and as somebody else's. An earlier attempt of ours may have removed them: the
 * invocation died before it could record that (the reservation is resumed), or EC2's answer was lost (the call was sent again). Then
 * they count as ours, because a removal that nobody hears of is worse than one that is reported twice. A rule whose id still exists
 * never counts as removed.
 */
const goneRules = (
  reservation: Reservation,
  revoked: readonly Revoked[],
): readonly [ours: readonly Rule[], theirs: readonly Rule[]] => {
  const gone = revoked.flatMap((answer) => answer.gone);
  if (reservation === 'resume') return [gone, []];
  const ours = revoked.flatMap(({ unanswered }) => unanswered);
  return [ours, gone.filter((rule) => !ours.includes(rule))];
};

/**
 * Carries out the steps of a reserved plan, both directions side by side.
 *
 * A rule that is gone already is a success. A rule that somebody has changed is left alone and returned as changed.
 *
 * @throws RemediatorError that is retryable: the entry stays open and the next try resumes it.
 */
export const act = async (plan: Plan, reservation: Reservation, ports: Ports): Promise<Outcome> => {
  const results = await Promise.allSettled(plan.steps.filter(isRevoke).map((step) => ports.groups.revoke(step)));
  const fault = faultOf(results);
  const revoked = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const taken = revoked.flatMap(({ removed }) => removed);
  ports.journal({ what: 'revoked', plan, removed: taken });
  if (fault?.retryable) throw fault;
  const [ours, theirs] = goneRules(reservation, revoked);
  return {
    plan,
    status: fault === undefined ? 'done' : 'failed',
    removed: [...taken, ...ours],
    alreadyGone: theirs,
    changed: revoked.flatMap(({ changed }) => changed),
    ...(fault && { fault }),
    at: ports.clock.now(),
  };
};
