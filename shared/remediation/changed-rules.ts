import type { Change } from '../domain/change.ts';
import type { Mode } from '../domain/control-options.ts';
import type { Outcome, Plan } from '../domain/decision.ts';
import { RuleKeepsChanging } from '../domain/errors.ts';
import type { RemediationCell } from './cell.ts';
import { decide } from './decide/decide.ts';
import { factsNeededToAct } from './decide/enabled-controls.ts';
import { type ExecutedPlan, executePlan } from './execute-plan.ts';
import { type ChangeSnapshot, fetchSnapshotOnce } from './fetch-snapshot.ts';
import { notifyAndSettle } from './settle.ts';
import { settleAll } from './settle-all.ts';

/**
 * Pauses before each round, in milliseconds: 3.1 s in all. EC2 lets one account modify rules 50 times and then 5 times a second, so the
 * later rounds outlast a burst, and a round takes less time than there is between two modifications.
 *
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
 */
const PAUSES = [0, 100, 200, 400, 800, 1600] as const;

/** Rules that somebody changed before they could be removed, by group. */
type ChangedRules = ReadonlyMap<string, ReadonlySet<string>>;

function changedRulesIn(outcomes: readonly Outcome[]): ChangedRules {
  const byGroup = Map.groupBy(
    outcomes.flatMap(({ changed }) => changed),
    ({ groupId }) => groupId,
  );
  return new Map([...byGroup].map(([groupId, rules]) => [groupId, new Set(rules.flatMap(({ id }) => id ?? []))]));
}

function idsOf(changed: ChangedRules): readonly string[] {
  return [...changed.values()].flatMap((ids) => [...ids]);
}

/**
 * What the invocation judges in a later round: the changed rules count as brought by the change, because their content is new. The
 * change's own removals stay as they are: they name rules that somebody else took away.
 */
function withChangedAsAdded(change: Change, changed: ChangedRules): Change {
  return change.trigger === 'rules-removed'
    ? change
    : { ...change, added: { kind: 'rules', ids: idsOf(changed), contents: [] } };
}

/** Only the groups in question, unless the change names its groups in another way, which the judgment depends on. */
async function fetchChangedGroups(
  change: Change,
  changed: ChangedRules,
  { policy, ports }: RemediationCell,
): Promise<ChangeSnapshot> {
  const scope = change.scope.by === 'group-id' ? { ...change.scope, ids: [...changed.keys()] } : change.scope;
  return await fetchSnapshotOnce({ ...change, scope }, factsNeededToAct(policy, change.trigger), ports);
}

function isAbout(changed: ChangedRules) {
  return ({ decision: { group, rules } }: Plan): boolean =>
    rules.some(({ id }) => changed.get(group.id)?.has(id ?? '') === true);
}

/**
 * A rule that is still open after the last round: people are told, and the invocation fails, so that it is retried. A content whose case
 * is settled may have been removed by another invocation since the look, so that one gets another try first.
 */
async function giveUp(plan: Plan, cell: RemediationCell): Promise<ExecutedPlan> {
  const { ports, owner } = cell;
  const fault = new RuleKeepsChanging(plan.decision.group.id, plan.decision.rules, PAUSES.length);
  const reservation = await ports.ledger.reserve(plan, owner);
  ports.journal({ what: 'planned', plan, reservation });
  if (reservation === 'busy' || reservation === 'held') throw fault;
  if (reservation === 'settled') {
    const { outcomes } = await settleAll([executePlan(plan, cell)]);
    const [carried] = outcomes;
    if (carried !== undefined && (carried.outcome?.changed ?? []).length === 0) return carried;
  }
  const nothing = { removed: [], alreadyGone: [], changed: [] } as const;
  await notifyAndSettle({ plan, status: 'failed', ...nothing, fault, at: ports.clock.now() }, cell);
  throw fault;
}

async function lastRound(plan: Plan, cell: RemediationCell): Promise<ExecutedPlan> {
  return plan.decision.mode === 'enforce' ? await giveUp(plan, cell) : await executePlan(plan, cell);
}

/**
 * Follows rules that somebody changed while they were to be removed: reads their groups again, decides on the new content, and acts on
 * that, for a bounded number of rounds. The other rules are removed by then. Never throws: faults are returned.
 */
export async function retryChangedRules(
  change: Change,
  { exemptions }: Pick<ChangeSnapshot, 'exemptions'>,
  first: readonly Outcome[],
  ceiling: Mode,
  cell: RemediationCell,
): Promise<{ readonly carried: readonly ExecutedPlan[]; readonly faults: readonly unknown[] }> {
  const [carried, faults]: [ExecutedPlan[], unknown[]] = [[], []];
  let changed = changedRulesIn(first);
  for (let round = 0; changed.size > 0 && round <= PAUSES.length; round += 1) {
    await cell.ports.clock.sleep(PAUSES[round] ?? 0);
    const judged = await settleAll([plansForChanged(change, changed, exemptions, ceiling, cell)]);
    const isLast = round === PAUSES.length;
    const acted = await settleAll(
      (judged.outcomes[0] ?? []).map(async (plan) => await (isLast ? lastRound(plan, cell) : executePlan(plan, cell))),
    );
    carried.push(...acted.outcomes);
    faults.push(...judged.faults, ...acted.faults);
    changed = changedRulesIn(acted.outcomes.flatMap(({ outcome }) => outcome ?? []));
  }
  return { carried, faults };
}

async function plansForChanged(
  change: Change,
  changed: ChangedRules,
  exemptions: ChangeSnapshot['exemptions'],
  ceiling: Mode,
  cell: RemediationCell,
): Promise<readonly Plan[]> {
  const seen = await fetchChangedGroups(change, changed, cell);
  const { plans } = await decide(withChangedAsAdded(change, changed), { ...seen, exemptions }, ceiling, cell);
  return plans.filter(isAbout(changed));
}
