import type { Outcome, Plan } from '../domain/decision.ts';
import type { Snapshot } from '../domain/ec2.ts';
import type { Rule } from '../domain/group.ts';
import type { OpenEntry } from '../domain/ledger.ts';
import { compareRules, ruleKey } from '../network/rule-key.ts';
import type { RemediationCell } from './cell.ts';
import { LEFT_TO_OTHERS } from './execute-plan.ts';
import { notifyAndSettle } from './settle.ts';

/**
 * Rules that an earlier invocation was to remove and that are unchanged. They count as fresh for a later
 * change as well; otherwise one failed attempt would leave them open for good. Existing rules are left out:
 * every evaluation finds them again, and as fresh rules they would use no budget.
 */
export function unfinishedRules(
  rules: readonly Rule[],
  entries: readonly OpenEntry[],
  owner: string,
  now: number,
): readonly Rule[] {
  const begun = entries.filter((entry) => entry.plan.decision.mode === 'enforce' && isOurs(entry, owner, now));
  const keys = new Set(begun.flatMap(rulesToRemove).map(ruleKey));
  return rules.filter((rule) => keys.has(ruleKey(rule)));
}

/** Whether this invocation made the entry, or the lease of its owner has run out. */
function isOurs(entry: OpenEntry, owner: string, now: number): boolean {
  return entry.owner === owner || entry.heldUntil <= now;
}

/** Rules that a plan was to remove because a change added them or a person approved the plan. */
function rulesToRemove({ plan: { decision, approved } }: OpenEntry): readonly Rule[] {
  return approved === undefined
    ? decision.findings.flatMap(({ freshness, rules }) => (freshness === 'fresh' ? rules : []))
    : decision.rules;
}

/** What a plan of an earlier invocation is compared with. */
export interface CurrentState {
  readonly current: Snapshot;
  /** Outcomes of this invocation, which notified people of them. */
  readonly outcomes: readonly Outcome[];
}

/**
 * Plans that an earlier invocation left open and that this invocation does not carry out itself.
 *
 * @param entries unsettled entries of the groups
 * @param plans plans that this invocation carries out
 */
export function plansLeftOpen(entries: readonly OpenEntry[], plans: readonly Plan[]): readonly Plan[] {
  const current = new Set(plans.map(({ id }) => id));
  return entries.map(({ plan }) => plan).filter(({ id }) => !current.has(id));
}

/**
 * Finishes a plan of an earlier invocation once its rules are gone: notifies people of removals that nobody
 * reported, and settles the entry. As long as one of its rules is there, the entry stays open, because the
 * rule is decided anew: a rule is never removed by an old decision.
 */
export async function finishPlan(
  plan: Plan,
  state: CurrentState,
  { ports, ...cell }: RemediationCell,
): Promise<Outcome | undefined> {
  const notified = new Set(state.outcomes.flatMap(({ removed }) => removed.map(({ id }) => id ?? '')));
  if (plan.decision.mode === 'enforce' && isThere(plan, state, notified)) {
    ports.journal({ what: 'skipped', plan, reason: 'decided-anew' });
    return undefined;
  }
  const reservation = await ports.ledger.reserve(plan, cell.owner);
  ports.journal({ what: 'planned', plan, reservation });
  if (reservation === 'resume')
    return await notifyAndSettle(outcomeOf(plan, state, notified, ports.clock.now()), { ...cell, ports });
  const isReserved = reservation === 'go' || reservation === 'again';
  ports.journal({ what: 'skipped', plan, reason: isReserved ? 'decided-anew' : LEFT_TO_OTHERS[reservation] });
  return undefined;
}

function isThere(plan: Plan, { current }: CurrentState, notified: ReadonlySet<string>): boolean {
  const keys = new Set(plan.decision.rules.map(ruleKey));
  const rules = current.groups.flatMap(({ group }) => group.rules);
  return rules.some((rule) => keys.has(ruleKey(rule)) && !notified.has(rule.id ?? ''));
}

/**
 * A rule whose id exists with other content was changed, not removed, so the earlier invocation cannot have
 * removed it.
 */
function outcomeOf(plan: Plan, { current }: CurrentState, notified: ReadonlySet<string>, at: number): Outcome {
  const { mode, rules } = plan.decision;
  const nothing = { removed: [], alreadyGone: [], changed: [] } as const;
  if (mode !== 'enforce') return { plan, status: mode === 'approve' ? 'pending' : 'reported', ...nothing, at };
  const isNotified = (rule: Rule) => notified.has(rule.id ?? '');
  const { gone, changed } = compareRules(
    rules.filter((rule) => !isNotified(rule)),
    current.groups.flatMap(({ group }) => group.rules),
  );
  return { plan, status: 'done', removed: gone, alreadyGone: rules.filter(isNotified), changed, at };
}
