import type { Plan } from '../model/decision.ts';
import { mayBeHeld } from '../model/held.ts';
import type { Allowance } from '../model/ledger.ts';
import type { Policy } from '../model/policy.ts';
import type { Ports } from '../model/ports.ts';

/** Whether a plan removes what was there before, of its own accord. */
const isCounted = (plan: Plan): boolean => plan.decision.mode === 'enforce' && mayBeHeld(plan);

/** What the budget has for a plan: nothing for one that a sweep holds, of which people were told by the sweep. */
export const allowanceFor = async (plan: Plan, policy: Policy, ports: Ports): Promise<Allowance> => {
  if (!isCounted(plan)) return 'taken';
  return plan.hold ? 'held' : await ports.budget.take(plan.id, plan.decision.rules.length, policy.budget);
};
