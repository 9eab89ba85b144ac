import { isBudgeted } from '../domain/budgeted.ts';
import type { Policy } from '../domain/controls/policy.ts';
import type { Plan } from '../domain/decision.ts';
import type { Allowance } from '../domain/ledger.ts';
import type { Ports } from '../domain/ports.ts';

/** What the budget has for a plan: nothing for one that a sweep holds, of which people were told by the sweep. */
export const allowanceFor = async (plan: Plan, policy: Policy, ports: Ports): Promise<Allowance> => {
  if (!isBudgeted(plan)) return 'taken';
  return plan.hold ? 'held' : await ports.budget.take(plan.id, plan.decision.rules.length, policy.budget);
};
