import { isBudgeted } from '../model/budgeted.ts';
import type { Plan } from '../model/decision.ts';
import type { Allowance } from '../model/ledger.ts';
import type { Policy } from '../model/policy.ts';
import type { Ports } from '../model/ports.ts';

/** What the budget has for a plan: nothing for one that a sweep holds, of which people were told by the sweep. */
export const allowanceFor = async (plan: Plan, policy: Policy, ports: Ports): Promise<Allowance> => {
  if (!isBudgeted(plan)) return 'taken';
  return plan.hold ? 'held' : await ports.budget.take(plan.id, plan.decision.rules.length, policy.budget);
};
