import { contentKey } from '../exposure/rule-key.ts';
import type { Outcome, Plan } from '../model/decision.ts';
import { RemediatorError } from '../model/errors.ts';
import type { Reservation } from '../model/ledger.ts';
import type { Ports, Revoked, RevokeStep } from '../model/ports.ts';
import type { Rule } from '../model/rule.ts';

const isRevoke = (step: Plan['steps'][number]): step is RevokeStep => step.do === 'revoke';

/** Rules whose content on removal is not what the plan says: rule ids survive ModifySecurityGroupRules. */
const driftedFrom = (plan: Plan, removed: readonly Rule[]): readonly Rule[] => {
  const planned = new Map(plan.decision.rules.map((rule) => [rule.id, contentKey(rule)]));
  return removed.filter((rule) => planned.get(rule.id) !== contentKey(rule));
};

/** The fault that decides: one that may pass by itself first, since the plan has to be tried again then. */
const faultOf = (results: readonly PromiseSettledResult<Revoked>[]): RemediatorError | undefined => {
  const faults = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  const known = faults.filter((fault) => fault instanceof RemediatorError);
  if (known.length < faults.length) throw faults.find((fault) => !(fault instanceof RemediatorError));
  return known.find(({ retryable }) => retryable) ?? known[0];
};

/**
 * Missing rules, as our own removals and as somebody else's. A first try of ours may have ended between the call and its record
 * (the reservation was taken up again) or before its answer (the call was sent again): then they count as ours, since a removal
 * that nobody hears of is worse than one that is told by two.
 */
const missingRules = (
  { decision }: Plan,
  reservation: Reservation,
  revoked: readonly Revoked[],
): readonly [ours: readonly Rule[], theirs: readonly Rule[]] => {
  const isOurs = ({ unanswered }: Revoked) => unanswered || reservation === 'resume';
  const named = (answers: readonly Revoked[]) => {
    const ids = new Set(answers.flatMap(({ missing }) => missing));
    return decision.rules.filter(({ id }) => id !== undefined && ids.has(id));
  };
  return [named(revoked.filter(isOurs)), named(revoked.filter((answer) => !isOurs(answer)))];
};

/**
 * Carries out the steps of a reserved plan, both directions side by side.
 *
 * A rule that is gone already is a success.
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
  const [ours, theirs] = missingRules(plan, reservation, revoked);
  return {
    plan,
    status: fault === undefined ? 'done' : 'failed',
    removed: [...taken, ...ours],
    alreadyGone: theirs,
    drifted: driftedFrom(plan, taken),
    ...(fault && { fault }),
    at: ports.clock.now(),
  };
};
