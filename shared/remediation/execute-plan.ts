import { lowerMode, type Mode } from '../domain/control-options.ts';
import { countsAgainstBudget, type Outcome, type OutcomeStatus, type Plan } from '../domain/decision.ts';
import { PlanBusy, RuleKeepsChanging } from '../domain/errors.ts';
import type { Allowance, Reservation } from '../domain/ledger.ts';
import type { Policy } from '../domain/policy.ts';
import type { RemediationPorts } from '../domain/ports.ts';
import { compareRules, type RuleStates } from '../network/rule-key.ts';
import { apply } from './apply.ts';
import type { RemediationCell } from './cell.ts';
import { attemptId, plansFor } from './plan.ts';
import { notifyAndSettle } from './settle.ts';

/** What the budget has for a plan: nothing for one that a sweep holds, of which people were told by the sweep. */
async function allowanceFor(plan: Plan, policy: Policy, ports: RemediationPorts): Promise<Allowance> {
  if (!countsAgainstBudget(plan)) return 'taken';
  return plan.hold ? 'held' : await ports.budget.spend(plan.id, plan.decision.rules.length, policy.budget);
}

/**
 * A plan as the runtime switch allows it by now: the same one, or one with a lower mode and a name of its own. The switch may have fallen
 * since the plan was decided on: a look at a prefix list that is being changed takes up to half a minute.
 *
 * @param ceiling the highest mode that the switch allows now.
 */
async function loweredBySwitch(plan: Plan, ceiling: Mode): Promise<Plan> {
  const { decision, change, at } = plan;
  const mode = lowerMode(decision.mode, ceiling);
  if (mode === decision.mode) return plan;
  const limits = [...decision.limits, { mode: ceiling, reason: `the runtime switch is at ${ceiling}` }];
  const [lowered = plan] = await plansFor({ ...decision, mode, limits }, change, at);
  return lowered;
}

/** What became of a plan in this invocation. */
export interface ExecutedPlan {
  readonly plan: Plan;
  readonly reservation: Reservation;
  /** Absent where another invocation has it or it was settled before. */
  readonly outcome?: Outcome;
}

function nothingRemoved(plan: Plan, status: OutcomeStatus, at: number): Outcome {
  return {
    plan,
    status,
    removed: [],
    alreadyGone: [],
    changed: [],
    at,
  };
}

/** Only the plan that found the budget spent is told of: the others wait in silence. */
async function holdPlan(plan: Plan, isTold: boolean, cell: RemediationCell): Promise<Outcome> {
  const outcome = nothingRemoved(plan, 'held', cell.ports.clock.now());
  if (isTold) return await notifyAndSettle(outcome, cell);
  await cell.ports.ledger.settle(outcome);
  cell.ports.journal({ what: 'settled', outcome });
  return outcome;
}

/** `occasion` is the plan as it came to be this time: a rule that was there before may have been brought anew since. */
async function enforce(plan: Plan, occasion: Plan, reservation: Reservation, cell: RemediationCell): Promise<Outcome> {
  const allowance = await allowanceFor(countsAgainstBudget(occasion) ? plan : occasion, cell.policy, cell.ports);
  if (allowance !== 'taken') return await holdPlan(plan, allowance === 'spent', cell);
  return await notifyAndSettle(await apply(plan, reservation, cell.ports), cell);
}

async function executeByMode(
  plan: Plan,
  occasion: Plan,
  reservation: Reservation,
  cell: RemediationCell,
): Promise<Outcome> {
  switch (plan.decision.mode) {
    case 'enforce':
      return await enforce(plan, occasion, reservation, cell);
    case 'approve':
      return await notifyAndSettle(nothingRemoved(plan, 'pending', cell.ports.clock.now()), cell);
    case 'alert':
    case 'observe':
    case 'off':
      return await notifyAndSettle(nothingRemoved(plan, 'reported', cell.ports.clock.now()), cell);
    default:
      return plan.decision.mode satisfies never;
  }
}

/** The plan as it was recorded first: that is the one whose undo stands, and whose id people know. */
async function recordedPlan(plan: Plan, { ports }: RemediationCell): Promise<Plan> {
  const entry = await ports.ledger.find(plan.decision.group.id, plan.id);
  if (entry === undefined) return plan;
  return { ...entry.plan, ...(plan.approved && { approved: plan.approved }), ...(plan.hold && { hold: plan.hold }) };
}

/**
 * Pauses before a plan that another invocation holds is asked for again, ms. The other one may have died: Lambda's retries after one and
 * two minutes outlast its lease of 90 s.
 */
const BUSY_PAUSES = [500, 1000, 2000, 4000] as const;

/** Whether somebody else's hold on a plan may not be the end of it: no budget holds it up, so the rule has to go. */
function mustBeRemovedNow(plan: Plan): boolean {
  return plan.decision.mode === 'enforce' && !countsAgainstBudget(plan);
}

/** Reserves a plan, and waits a little for another invocation to be through with it where it is pressing. Throws CallFailed, PlanBusy. */
async function reserve(
  plan: Plan,
  { ports, owner }: RemediationCell,
): Promise<{ reservation: Reservation; waited: boolean }> {
  for (let attempt = 0; ; attempt += 1) {
    const reservation = await ports.ledger.reserve(plan, owner);
    ports.journal({ what: 'planned', plan, reservation });
    if (reservation !== 'busy' || !mustBeRemovedNow(plan)) return { reservation, waited: attempt > 0 };
    const pause = BUSY_PAUSES[attempt];
    if (pause === undefined) throw new PlanBusy(plan.id, plan.decision.group.id);
    await ports.clock.sleep(pause);
  }
}

/** What has become of the plan's rules, as the group is now. Throws CallFailed. */
async function fetchRuleStates({ decision }: Plan, { ports }: RemediationCell): Promise<RuleStates> {
  const { groups } = await ports.groups.fetchSnapshot({ by: 'group-id', ids: [decision.group.id] }, new Set());
  return compareRules(
    decision.rules,
    groups.flatMap(({ group }) => group.rules),
  );
}

/** Attempts at one case on the occasion of one change; more, and its rules are changed faster than they can be removed. */
const MOST_ATTEMPTS = 20;

async function executeReserved(plan: Plan, reservation: Reservation, cell: RemediationCell): Promise<ExecutedPlan> {
  const known = reservation === 'go' ? plan : await recordedPlan(plan, cell);
  return { plan, reservation, outcome: await executeByMode(known, plan, reservation, cell) };
}

/** The first attempt that is not over yet. Throws CallFailed, RuleKeepsChanging. */
async function nextAttempt(settled: Plan, cell: RemediationCell): Promise<ExecutedPlan> {
  for (let nth = 1; nth <= MOST_ATTEMPTS; nth += 1) {
    const id = await attemptId(settled.id, settled.change, nth);
    const plan = { ...settled, id, at: cell.ports.clock.now() };
    const { reservation, waited } = await reserve(plan, cell);
    if (reservation === 'settled' && !waited) continue;
    const isOthers = reservation === 'settled' || reservation === 'busy' || reservation === 'held';
    return isOthers ? { plan, reservation } : await executeReserved(plan, reservation, cell);
  }
  throw new RuleKeepsChanging(settled.decision.group.id, settled.decision.rules, MOST_ATTEMPTS);
}

/**
 * The ledger has the case as settled, and yet the rule was seen just now. Mostly the snapshot is stale: then a second one does not have
 * the rule, or has it with other content, which is followed up. Otherwise the record was wrong, and the rule goes by an attempt with a
 * record of its own: its undo is there before the act, and people are told what became of it.
 */
async function retrySettledPlan(plan: Plan, cell: RemediationCell): Promise<ExecutedPlan> {
  const { same, changed } = await fetchRuleStates(plan, cell);
  if (same.length > 0) return await nextAttempt(plan, cell);
  const outcome = { ...nothingRemoved(plan, 'done', cell.ports.clock.now()), changed };
  return { plan, reservation: 'settled', ...(changed.length > 0 && { outcome }) };
}

/**
 * What is done if the runtime switch has fallen since the plan was decided on: what it still allows. The entry that is reserved stays
 * open, as if this invocation had ended here, so that what an earlier try may have removed is not forgotten: on-schedule has the group
 * looked at again, and the rule is judged anew.
 */
async function executeLowered(lowered: Plan, reservation: Reservation, cell: RemediationCell): Promise<ExecutedPlan> {
  const isTold = lowerMode(lowered.decision.mode, 'alert') === 'alert';
  return reservation !== 'settled' && isTold ? await executePlan(lowered, cell) : { plan: lowered, reservation };
}

/**
 * reserve → act → notify → settle, for one plan. The runtime switch is read again beside the reservation.
 *
 * @throws CallFailed, Unfinished, RuleKeepsChanging; PlanBusy where another invocation holds the plan and this one cannot wait any longer.
 */
export async function executePlan(plan: Plan, cell: RemediationCell): Promise<ExecutedPlan> {
  const [{ reservation, waited }, ceiling] = await Promise.all([
    reserve(plan, cell),
    cell.ports.runtimeSwitch.ceiling(),
  ]);
  if (reservation === 'busy' || reservation === 'held') return { plan, reservation };
  const allowed = await loweredBySwitch(plan, ceiling);
  if (allowed !== plan) return await executeLowered(allowed, reservation, cell);
  if (reservation !== 'settled') return await executeReserved(plan, reservation, cell);
  return plan.decision.mode === 'enforce' && !waited ? await retrySettledPlan(plan, cell) : { plan, reservation };
}
