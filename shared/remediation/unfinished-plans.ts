import type { Outcome, Plan } from '../domain/decision.ts';
import type { Rule } from '../domain/group.ts';
import type { LedgerEntry } from '../domain/ledger.ts';
import type { Snapshot } from '../domain/ports.ts';
import { compareRules, ruleKey } from '../network/rule-key.ts';
import type { RemediationCell } from './cell.ts';
import { notifyAndSettle } from './settle.ts';

/** Whether an entry is this invocation's own, or one whose owner had its time. */
function isOurs({ owner: holder, heldUntil }: LedgerEntry, owner: string, now: number): boolean {
  return holder === owner || heldUntil <= now;
}

/** Rules that a plan was to remove because a change brought them, or because a person let them go. */
function rulesOf({ plan: { decision, approved } }: LedgerEntry): readonly Rule[] {
  return approved === undefined
    ? decision.findings.flatMap(({ freshness, rules }) => (freshness === 'fresh' ? rules : []))
    : decision.rules;
}

/**
 * Rules that an earlier try set out to remove and that are still there as they were: for a later change, too, they count as fresh,
 * or an attempt that was held up once would leave them open for good. Not those that were there before: they come up again by themselves,
 * and as fresh ones the budget would not count them.
 */
export function unfinishedRules(
  rules: readonly Rule[],
  entries: readonly LedgerEntry[],
  owner: string,
  now: number,
): readonly Rule[] {
  const begun = entries.filter((entry) => entry.plan.decision.mode === 'enforce' && isOurs(entry, owner, now));
  const keys = new Set(begun.flatMap(rulesOf).map(ruleKey));
  return rules.filter((rule) => keys.has(ruleKey(rule)));
}

/** A rule whose id exists with other content was changed, not removed: the earlier attempt can not have removed it. */
function outcomeOf(plan: Plan, { sight }: CurrentState, told: ReadonlySet<string>, at: number): Outcome {
  const { mode, rules } = plan.decision;
  if (mode !== 'enforce') {
    return { plan, status: mode === 'approve' ? 'pending' : 'reported', removed: [], alreadyGone: [], changed: [], at };
  }
  const isTold = (rule: Rule) => told.has(rule.id ?? '');
  const present = sight.groups.flatMap(({ group }) => group.rules);
  const { gone, changed } = compareRules(
    rules.filter((rule) => !isTold(rule)),
    present,
  );
  return { plan, status: 'done', removed: gone, alreadyGone: rules.filter(isTold), changed, at };
}

/** What became of the account during this invocation, as far as an older plan needs to know. */
export interface CurrentState {
  readonly sight: Snapshot;
  /** What this invocation removed and told. */
  readonly outcomes: readonly Outcome[];
}

function isThere(plan: Plan, { sight }: CurrentState, told: ReadonlySet<string>): boolean {
  const keys = new Set(plan.decision.rules.map(ruleKey));
  return sight.groups.some(({ group }) =>
    group.rules.some((rule) => keys.has(ruleKey(rule)) && !told.has(rule.id ?? '')),
  );
}

/**
 * Entries that a dead invocation left open and that the present state does not lead to again.
 *
 * @param entries the groups' unsettled ones
 * @param plans what this invocation carries out itself
 */
export function plansLeftOpen(entries: readonly LedgerEntry[], plans: readonly Plan[]): readonly Plan[] {
  const current = new Set(plans.map(({ id }) => id));
  return entries.map(({ plan }) => plan).filter(({ id }) => !current.has(id));
}

/**
 * Finishes such an entry once its rules are gone: people are told of those that nobody told of yet, and it is closed. While one of
 * its rules is still there the entry stays open, and the rule is judged anew: never removed on an old verdict, never forgotten.
 */
export async function finishPlan(
  plan: Plan,
  aftermath: CurrentState,
  cell: RemediationCell,
): Promise<Outcome | undefined> {
  const { ports, owner } = cell;
  const told = new Set(aftermath.outcomes.flatMap(({ removed }) => removed.map(({ id }) => id ?? '')));
  if (plan.decision.mode === 'enforce' && isThere(plan, aftermath, told)) return undefined;
  const reservation = await ports.ledger.reserve(plan, owner);
  ports.journal({ what: 'planned', plan, reservation });
  return reservation === 'resume'
    ? await notifyAndSettle(outcomeOf(plan, aftermath, told, ports.clock.now()), cell)
    : undefined;
}
