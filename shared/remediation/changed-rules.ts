import type { Change } from '../domain/change.ts';
import type { Mode } from '../domain/control-options.ts';
import type { Decision, Outcome, Plan } from '../domain/decision.ts';
import { RuleKeepsChanging } from '../domain/errors.ts';
import type { RemediationCell } from './cell.ts';
import { type ChangeDecisions, decide } from './decide/decide.ts';
import { factsNeededToAct } from './decide/enabled-controls.ts';
import { type ExecutedPlan, executePlan, LEFT_TO_OTHERS } from './execute-plan.ts';
import { type ChangeSnapshot, fetchSnapshotOnce } from './fetch-snapshot.ts';
import { notifyAndSettle } from './settle.ts';
import { settleAll } from './settle-all.ts';

/**
 * Pauses before each round, 3.1 s in all, ms. EC2 lets one account modify rules 50 times in a burst and 5
 * times a second after that, so the later rounds outlast a burst, and a round takes less time than there is
 * between two modifications.
 *
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
 */
const PAUSES = [0, 100, 200, 400, 800, 1600] as const;

/** Ids of the rules that somebody changed before Portcullis could remove them, by group id. */
type ChangedRules = ReadonlyMap<string, ReadonlySet<string>>;

/** What became of changed rules. */
export interface Retried {
  readonly executed: readonly ExecutedPlan[];
  readonly withheld: ChangeDecisions['withheld'];
  readonly faults: readonly unknown[];
}

/**
 * Decides anew on rules that somebody changed before Portcullis could remove them: reads their groups,
 * decides on the new content, and executes the plans, for a limited number of rounds. Returns faults and
 * never throws.
 */
export async function retryChangedRules(
  change: Change,
  { exemptions }: Pick<ChangeSnapshot, 'exemptions'>,
  outcomes: readonly Outcome[],
  ceiling: Mode,
  cell: RemediationCell,
): Promise<Retried> {
  const executed: ExecutedPlan[] = [];
  const withheld: ChangeDecisions['withheld'][number][] = [];
  const faults: unknown[] = [];
  let changed = changedRulesIn(outcomes);
  for (let round = 0; changed.size > 0 && round <= PAUSES.length; round += 1) {
    await cell.ports.clock.sleep(PAUSES[round] ?? 0);
    const decided = await settleAll([decideChanged(change, changed, exemptions, ceiling, cell)]);
    const isLast = round === PAUSES.length;
    const plans = decided.outcomes.flatMap((one) => one.plans);
    const results = await settleAll(
      plans.map(async (plan) => await (isLast ? executeLast(plan, cell) : executePlan(plan, cell))),
    );
    executed.push(...results.outcomes);
    withheld.push(...decided.outcomes.flatMap((one) => one.withheld));
    faults.push(...decided.faults, ...results.faults);
    changed = changedRulesIn(results.outcomes.flatMap(({ outcome }) => outcome ?? []));
  }
  return { executed, withheld, faults };
}

function changedRulesIn(outcomes: readonly Outcome[]): ChangedRules {
  const byGroup = Map.groupBy(
    outcomes.flatMap(({ changed }) => changed),
    ({ groupId }) => groupId,
  );
  return new Map([...byGroup].map(([groupId, rules]) => [groupId, new Set(rules.flatMap(({ id }) => id ?? []))]));
}

async function decideChanged(
  change: Change,
  changed: ChangedRules,
  exemptions: ChangeSnapshot['exemptions'],
  ceiling: Mode,
  cell: RemediationCell,
): Promise<Pick<ChangeDecisions, 'plans' | 'withheld'>> {
  const snapshot = await fetchChangedGroups(change, changed, cell);
  const decisions = await decide(withChangedAsAdded(change, changed), { ...snapshot, exemptions }, ceiling, cell);
  return {
    plans: decisions.plans.filter(({ decision }) => isAbout(decision, changed)),
    withheld: decisions.withheld.filter(({ withheld }) => isAbout(withheld.decision, changed)),
  };
}

/**
 * Only the groups of the changed rules, unless the change names its groups in another way, which the
 * decisions depend on.
 */
async function fetchChangedGroups(
  change: Change,
  changed: ChangedRules,
  { policy, ports }: RemediationCell,
): Promise<ChangeSnapshot> {
  const scope = change.scope.by === 'group-id' ? { ...change.scope, ids: [...changed.keys()] } : change.scope;
  return await fetchSnapshotOnce({ ...change, scope }, factsNeededToAct(policy, change.trigger), ports);
}

/**
 * The changed rules count as added by the change, because their content is new. A removal stays: it names
 * rules that are gone.
 */
function withChangedAsAdded(change: Change, changed: ChangedRules): Change {
  if (change.trigger === 'rules-removed') return change;
  const ids = [...changed.values()].flatMap((some) => [...some]);
  return { ...change, added: { kind: 'rules', ids, contents: [] } };
}

function isAbout({ group, rules }: Decision, changed: ChangedRules): boolean {
  return rules.some(({ id }) => changed.get(group.id)?.has(id ?? '') === true);
}

async function executeLast(plan: Plan, cell: RemediationCell): Promise<ExecutedPlan> {
  return plan.decision.mode === 'enforce' ? await giveUp(plan, cell) : await executePlan(plan, cell);
}

/**
 * Reports a rule that is still open after the last round as failed, and throws RuleKeepsChanging, so that the
 * event is retried. If the plan is settled, another invocation may have removed the rule since the snapshot:
 * then tries once more first.
 */
async function giveUp(plan: Plan, cell: RemediationCell): Promise<ExecutedPlan> {
  const { ports, owner } = cell;
  const fault = new RuleKeepsChanging(plan.decision.group.id, plan.decision.rules, PAUSES.length);
  const reservation = await ports.ledger.reserve(plan, owner);
  ports.journal({ what: 'planned', plan, reservation });
  if (reservation === 'busy' || reservation === 'held') {
    ports.journal({ what: 'skipped', plan, reason: LEFT_TO_OTHERS[reservation] });
    throw fault;
  }
  if (reservation === 'settled') {
    const { outcomes } = await settleAll([executePlan(plan, cell)]);
    const [executed] = outcomes;
    if (executed !== undefined && (executed.outcome?.changed ?? []).length === 0) return executed;
  }
  const nothing = { removed: [], alreadyGone: [], changed: [] } as const;
  await notifyAndSettle({ plan, status: 'failed', ...nothing, fault, at: ports.clock.now() }, cell);
  throw fault;
}
