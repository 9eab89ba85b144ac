import type { Plan } from '../model/decision.ts';
import type { Allowance } from '../model/ledger.ts';
import type { Policy } from '../model/policy.ts';
import type { Ports } from '../model/ports.ts';

/**
 * Whether a plan removes what was there before, of its own accord. What a change brought is never counted: else decoys would buy an
 * opening. What a person let go is theirs.
 */
const isCounted = ({ decision, released }: Plan): boolean =>
  decision.mode === 'enforce' &&
  released === undefined &&
  decision.because.every(({ freshness }) => freshness === 'existing');

/** What the budget has for a plan. */
export const allowanceFor = async (plan: Plan, policy: Policy, ports: Ports): Promise<Allowance> =>
  isCounted(plan) ? await ports.budget.take(plan.id, plan.decision.rules.length, policy.budget) : 'taken';
