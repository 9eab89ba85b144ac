import { isBudgeted } from '../model/budgeted.ts';
import type { Plan } from '../model/decision.ts';
import type { Allowance } from '../model/ledger.ts';
import type { Policy } from '../model/policy.ts';
import type { Ports } from '../model/ports.ts';

/** What the budget has for a plan. */
export const allowanceFor = async (plan: Plan, policy: Policy, ports: Ports): Promise<Allowance> =>
  isBudgeted(plan) ? await ports.budget.take(plan.id, plan.decision.rules.length, policy.budget) : 'taken';
