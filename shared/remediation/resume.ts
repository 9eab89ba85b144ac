import type { Outcome, Plan } from '../domain/decision.ts';
import type { Entry } from '../domain/ledger.ts';
import type { Sight } from '../domain/ports.ts';
import type { Rule } from '../domain/rule.ts';
import { ruleKey } from '../network/rule-key.ts';
import { statesOf } from '../network/text/rule-states.ts';
import type { Cell } from './cell.ts';
import { conclude } from './notify/conclude.ts';

/** A rule whose id exists with other content was changed, not removed: the earlier attempt can not have removed it. */
const outcomeOf = (plan: Plan, { sight }: Aftermath, told: ReadonlySet<string>, at: number): Outcome => {
  const { mode, rules } = plan.decision;
  if (mode !== 'enforce') {
    return { plan, status: mode === 'approve' ? 'pending' : 'reported', removed: [], alreadyGone: [], changed: [], at };
  }
  const isTold = (rule: Rule) => told.has(rule.id ?? '');
  const present = sight.sightings.flatMap(({ group }) => group.rules);
  const { gone, changed } = statesOf(
    rules.filter((rule) => !isTold(rule)),
    present,
  );
  return { plan, status: 'done', removed: gone, alreadyGone: rules.filter(isTold), changed, at };
};

/** What became of the account during this invocation, as far as an older plan needs to know. */
export interface Aftermath {
  readonly sight: Sight;
  /** What this invocation removed and told. */
  readonly outcomes: readonly Outcome[];
}

const isThere = (plan: Plan, { sight }: Aftermath, told: ReadonlySet<string>): boolean => {
  const keys = new Set(plan.decision.rules.map(ruleKey));
  return sight.sightings.some(({ group }) =>
    group.rules.some((rule) => keys.has(ruleKey(rule)) && !told.has(rule.id ?? '')),
  );
};

/**
 * Entries that a dead invocation left open and that the present state does not lead to again.
 *
 * @param entries the groups' unsettled ones
 * @param plans what this invocation carries out itself
 */
export const leftOpen = (entries: readonly Entry[], plans: readonly Plan[]): readonly Plan[] => {
  const current = new Set(plans.map(({ id }) => id));
  return entries.map(({ plan }) => plan).filter(({ id }) => !current.has(id));
};

/**
 * Finishes such an entry once its rules are gone: people are told of those that nobody told of yet, and it is closed. While one of
 * its rules is still there the entry stays open, and the rule is judged anew: never removed on an old verdict, never forgotten.
 */
export const finish = async (plan: Plan, aftermath: Aftermath, cell: Cell): Promise<Outcome | undefined> => {
  const { ports, owner } = cell;
  const told = new Set(aftermath.outcomes.flatMap(({ removed }) => removed.map(({ id }) => id ?? '')));
  if (plan.decision.mode === 'enforce' && isThere(plan, aftermath, told)) return undefined;
  const reservation = await ports.ledger.reserve(plan, owner);
  ports.journal({ what: 'planned', plan, reservation });
  return reservation === 'resume'
    ? await conclude(outcomeOf(plan, aftermath, told, ports.clock.now()), cell)
    : undefined;
};
