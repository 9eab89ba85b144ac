import type { Change } from '../model/change.ts';
import type { Decision, Plan } from '../model/decision.ts';
import { revoke } from '../remedies/revoke.ts';
import { planId } from './plan-id.ts';

/** A decision as steps and their undo. Only `enforce` and `approve` have steps; an alert touches nothing. */
export const planFor = async (decision: Decision, change: Change, at: number): Promise<Plan> => {
  const acts = decision.mode === 'enforce' || decision.mode === 'approve';
  const { steps, undo } = acts ? revoke(decision) : { steps: [], undo: [] };
  return { id: await planId(decision), decision, change, steps, undo, at };
};
