import { ruleKey } from '../exposure/rule-key.ts';
import type { Outcome, Plan } from '../model/decision.ts';
import type { Entry } from '../model/ledger.ts';
import type { Sight } from '../model/ports.ts';
import type { Rule } from '../model/rule.ts';
import type { Cell } from './cell.ts';
import { conclude } from './conclude.ts';

/** What became of the account during this invocation, as far as an older plan needs to know. */
export interface Aftermath {
  readonly sight: Sight;
  /** What this invocation removed and told. */
  readonly outcomes: readonly Outcome[];
}

/** Rules as they are now, by id. */
const rulesNow = ({ sight }: Aftermath): ReadonlyMap<string, Rule> =>
  new Map(sight.sightings.flatMap(({ group }) => group.rules.map((rule) => [rule.id ?? '', rule] as const)));

/** Whether a rule of the plan still lets through what the plan says, and nobody has removed it meanwhile. */
const isThere = (plan: Plan, aftermath: Aftermath, told: ReadonlySet<string>): boolean => {
  const now = rulesNow(aftermath);
  const stands = (rule: Rule) => {
    const found = now.get(rule.id ?? '');
    return found !== undefined && ruleKey(found) === ruleKey(rule) && !told.has(rule.id ?? '');
  };
  return plan.decision.rules.some(stands);
};

/**
 * What became of a plan whose try broke off. Its call may have been sent, so a rule whose id no longer exists counts as removed by it: a
 * removal that nobody hears of is worse than one that is told by two. A rule that still has its id was changed by somebody else.
 */
const outcomeOf = (plan: Plan, aftermath: Aftermath, told: ReadonlySet<string>, at: number): Outcome => {
  const { mode, rules } = plan.decision;
  const nothing = { plan, removed: [], alreadyGone: [], drifted: [], at } as const;
  if (mode !== 'enforce') return { ...nothing, status: mode === 'approve' ? 'pending' : 'reported' };
  const now = rulesNow(aftermath);
  const isOurs = ({ id = '' }: Rule) => !told.has(id) && !now.has(id);
  return {
    ...nothing,
    status: 'done',
    removed: rules.filter(isOurs),
    alreadyGone: rules.filter((rule) => !isOurs(rule)),
  };
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
