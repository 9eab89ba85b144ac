import { lowerMode, type Mode } from '../../domain/controls/mode.ts';
import type { Plan } from '../../domain/decision.ts';
import { plansFor } from '../plan.ts';

/**
 * A plan as the runtime switch allows it by now: the same one, or one with a lower mode and a name of its own. The switch may have fallen
 * since the plan was decided on: a look at a prefix list that is being changed takes up to half a minute.
 *
 * @param ceiling the highest mode that the switch allows now.
 */
export async function allowedNow(plan: Plan, ceiling: Mode): Promise<Plan> {
  const { decision, change, at } = plan;
  const mode = lowerMode(decision.mode, ceiling);
  if (mode === decision.mode) return plan;
  const limits = [...decision.limits, { mode: ceiling, reason: `the runtime switch is at ${ceiling}` }];
  const [lowered = plan] = await plansFor({ ...decision, mode, limits }, change, at);
  return lowered;
}
