import { contentKey } from '../exposure/rule-key.ts';
import type { Outcome, Plan } from '../model/decision.ts';
import { RemediatorError } from '../model/errors.ts';
import type { Ports, Reservation, Revoked, RevokeStep } from '../model/ports.ts';
import type { Rule } from '../model/rule.ts';

const isRevoke = (step: Plan['steps'][number]): step is RevokeStep => step.do === 'revoke';

/** Rules whose content on removal is not what the plan says: rule ids survive ModifySecurityGroupRules. */
const driftedFrom = (plan: Plan, removed: readonly Rule[]): readonly Rule[] => {
  const planned = new Map(plan.decision.rules.map((rule) => [rule.id, contentKey(rule)]));
  return removed.filter((rule) => planned.get(rule.id) !== contentKey(rule));
};

const faultOf = (results: readonly PromiseSettledResult<Revoked>[]): RemediatorError | undefined => {
  for (const result of results) {
    if (result.status === 'fulfilled') continue;
    if (result.reason instanceof RemediatorError) return result.reason;
    throw result.reason;
  }
  return undefined;
};

/**
 * Carries out the steps of a reserved plan, both directions side by side.
 *
 * A rule that is gone already is a success. When a reservation is taken up again, it counts as our own removal: the first try may
 * have ended between the call and its record.
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
  const missingIds = new Set(revoked.flatMap(({ missing }) => missing));
  const missing = plan.decision.rules.filter(({ id }) => id !== undefined && missingIds.has(id));
  const ours = reservation === 'resume';
  return {
    plan,
    status: fault === undefined ? 'done' : 'failed',
    removed: ours ? [...taken, ...missing] : taken,
    alreadyGone: ours ? [] : missing,
    drifted: driftedFrom(plan, taken),
    ...(fault && { fault }),
    at: ports.clock.now(),
  };
};
