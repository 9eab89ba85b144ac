import type { Outcome, Plan } from '../model/decision.ts';
import type { Entry, Ports, Sight } from '../model/ports.ts';
import { conclude } from './carry-out.ts';

const outcomeOf = (plan: Plan, sight: Sight, at: number): Outcome => {
  const present = new Set(sight.sightings.flatMap(({ group }) => group.rules.map(({ id }) => id)));
  const gone = plan.decision.rules.filter(({ id }) => !present.has(id));
  const acted = plan.decision.mode === 'enforce';
  const status = acted ? 'done' : plan.decision.mode === 'approve' ? 'pending' : 'reported';
  return { plan, status, removed: acted ? gone : [], alreadyGone: acted ? [] : gone, drifted: [], at };
};

/**
 * Entries that a dead invocation left open and that the present state does not lead to again: their rules are gone, so what is
 * left to do is to tell people and to close the entry. Rules that are still there are judged anew, never removed on an old verdict.
 */
export const leftOpen = (entries: readonly Entry[], plans: readonly Plan[]): readonly Plan[] => {
  const current = new Set(plans.map(({ id }) => id));
  return entries.filter(({ plan, outcome }) => outcome === undefined && !current.has(plan.id)).map(({ plan }) => plan);
};

/** Finishes one such entry, unless a live invocation has it. */
export const finish = async (plan: Plan, owner: string, sight: Sight, ports: Ports): Promise<Outcome | undefined> => {
  const reservation = await ports.ledger.reserve(plan, owner);
  ports.journal({ what: 'planned', plan, reservation });
  return reservation === 'resume' ? await conclude(outcomeOf(plan, sight, ports.clock.now()), ports) : undefined;
};
