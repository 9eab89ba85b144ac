import { lowerMode, type Mode } from '../domain/control-options.ts';
import { countsAgainstBudget, type Outcome, type OutcomeStatus, type Plan } from '../domain/decision.ts';
import { PlanBusy, RuleKeepsChanging } from '../domain/errors.ts';
import type { Allowance, Reservation } from '../domain/ledger.ts';
import type { SkippedReason } from '../domain/reasons.ts';
import { compareRules, type RuleStates } from '../network/rule-key.ts';
import { apply } from './apply.ts';
import type { RemediationCell } from './cell.ts';
import { switchLimit } from './decide/effective-mode.ts';
import { attemptId, plansFor } from './plan.ts';
import { notifyAndSettle, settleHeld } from './settle.ts';

/** What this invocation did with a plan: it carried the plan out, or skipped it for a reason. */
export type ExecutedPlan = {
  readonly plan: Plan;
  readonly reservation: Reservation;
} & ({ readonly outcome: Outcome } | { readonly outcome?: never; readonly skipped: SkippedReason });

/**
 * Reserves, applies, notifies and settles one plan. Reads the runtime switch again together with the
 * reservation.
 *
 * @throws CallFailed, Unfinished. RuleKeepsChanging if the rule comes back faster than it can be removed.
 * PlanBusy if another invocation holds the plan for too long.
 */
export async function executePlan(plan: Plan, cell: RemediationCell): Promise<ExecutedPlan> {
  const executed = await reserveAndExecute(plan, cell);
  if (executed.outcome === undefined) {
    const { plan: skippedPlan, skipped } = executed;
    cell.ports.journal({ what: 'skipped', plan: skippedPlan, reason: skipped });
  }
  return executed;
}

async function reserveAndExecute(plan: Plan, cell: RemediationCell): Promise<ExecutedPlan> {
  const [{ reservation, waited }, ceiling] = await Promise.all([
    reserve(plan, cell),
    cell.ports.runtimeSwitch.ceiling(),
  ]);
  if (reservation === 'busy' || reservation === 'held') return skip(plan, reservation);
  const allowed = await loweredBySwitch(plan, ceiling);
  if (allowed !== plan) return await executeLowered(allowed, reservation, cell);
  if (reservation !== 'settled') return await executeReserved(plan, reservation, cell);
  return plan.decision.mode === 'enforce' && !waited ? await retrySettledPlan(plan, cell) : skip(plan, reservation);
}

/** Why a reservation leaves a plan to others. */
export const LEFT_TO_OTHERS = {
  busy: 'another-invocation',
  held: 'waits-for-person',
  settled: 'settled-before',
} as const satisfies Partial<Record<Reservation, SkippedReason>>;

function skip(plan: Plan, reservation: keyof typeof LEFT_TO_OTHERS): ExecutedPlan {
  return { plan, reservation, skipped: LEFT_TO_OTHERS[reservation] };
}

/**
 * Pauses before a plan that another invocation holds is reserved again, ms. The other invocation may have
 * died: its lease lasts 90 s, and Lambda retries after one and two minutes.
 */
const BUSY_PAUSES = [500, 1000, 2000, 4000] as const;

/**
 * Reserves a plan. If another invocation holds it and its rules must go now, waits for that invocation.
 * Throws CallFailed, PlanBusy.
 */
async function reserve(
  plan: Plan,
  { ports, owner }: RemediationCell,
): Promise<{ reservation: Reservation; waited: boolean }> {
  for (let attempt = 0; ; attempt += 1) {
    const reservation = await ports.ledger.reserve(plan, owner);
    ports.journal({ what: 'planned', plan, reservation });
    if (reservation !== 'busy' || !mustBeRemovedNow(plan)) return { reservation, waited: attempt > 0 };
    const pause = BUSY_PAUSES[attempt];
    if (pause === undefined) {
      ports.journal({ what: 'skipped', plan, reason: LEFT_TO_OTHERS.busy });
      throw new PlanBusy(plan.id, plan.decision.group.id);
    }
    await ports.clock.sleep(pause);
  }
}

function mustBeRemovedNow(plan: Plan): boolean {
  return plan.decision.mode === 'enforce' && !countsAgainstBudget(plan);
}

/**
 * The plan with the mode that the runtime switch allows now, under an id of its own if the mode is lower. The
 * switch may have changed since the decision: EC2 may take half a minute until a prefix list is readable.
 */
async function loweredBySwitch(plan: Plan, ceiling: Mode): Promise<Plan> {
  const { decision, change, at } = plan;
  const mode = lowerMode(decision.mode, ceiling);
  if (mode === decision.mode) return plan;
  const limits = [...decision.limits, switchLimit(ceiling)];
  const [lowered = plan] = await plansFor({ ...decision, mode, limits }, change, at);
  return lowered;
}

/**
 * Does what the runtime switch still allows. The first reservation stays open, as if this invocation had
 * ended, so that rules which an earlier attempt removed are not forgotten: on-schedule requests a new
 * evaluation of the group.
 */
async function executeLowered(lowered: Plan, reservation: Reservation, cell: RemediationCell): Promise<ExecutedPlan> {
  if (reservation === 'settled') return skip(lowered, reservation);
  const isNotified = lowerMode(lowered.decision.mode, 'alert') === 'alert';
  return isNotified
    ? await reserveAndExecute(lowered, cell)
    : { plan: lowered, reservation, skipped: 'runtime-switch' };
}

async function executeReserved(plan: Plan, reservation: Reservation, cell: RemediationCell): Promise<ExecutedPlan> {
  const recorded = reservation === 'go' ? plan : await recordedPlan(plan, cell);
  return { plan, reservation, outcome: await executeByMode(recorded, plan, reservation, cell) };
}

/** The plan as the ledger has it: with the undo and the id that people know. */
async function recordedPlan(plan: Plan, { ports }: RemediationCell): Promise<Plan> {
  const entry = await ports.ledger.find(plan.decision.group.id, plan.id);
  if (entry === undefined) return plan;
  return { ...entry.plan, ...(plan.approved && { approved: plan.approved }), ...(plan.hold && { hold: plan.hold }) };
}

/**
 * @param current the plan as it was made this time: a change may since have added the rule anew, so that it
 * uses no budget.
 */
async function executeByMode(
  plan: Plan,
  current: Plan,
  reservation: Reservation,
  cell: RemediationCell,
): Promise<Outcome> {
  switch (plan.decision.mode) {
    case 'enforce':
      return await enforce(plan, current, reservation, cell);
    case 'approve':
      return await notifyAndSettle(nothingRemoved(plan, 'pending', cell), cell);
    case 'alert':
    case 'observe':
    case 'off':
      return await notifyAndSettle(nothingRemoved(plan, 'reported', cell), cell);
    default:
      return plan.decision.mode satisfies never;
  }
}

async function enforce(plan: Plan, current: Plan, reservation: Reservation, cell: RemediationCell): Promise<Outcome> {
  const allowance = await allowanceFor(countsAgainstBudget(current) ? plan : current, cell);
  switch (allowance) {
    case 'taken':
      return await notifyAndSettle(await apply(plan, reservation, cell.ports), cell);
    case 'spent':
      return await notifyAndSettle(nothingRemoved(plan, 'held', cell), cell);
    case 'held':
      return await settleHeld(nothingRemoved(plan, 'held', cell), cell);
    default:
      return allowance satisfies never;
  }
}

/** A plan that a sweep holds uses no budget: the notification about the sweep covers it. */
async function allowanceFor(plan: Plan, { policy, ports }: RemediationCell): Promise<Allowance> {
  if (!countsAgainstBudget(plan)) return 'taken';
  return plan.hold ? 'held' : await ports.budget.spend(plan.id, plan.decision.rules.length, policy.budget);
}

function nothingRemoved(plan: Plan, status: OutcomeStatus, { ports }: RemediationCell): Outcome {
  return { plan, status, removed: [], alreadyGone: [], changed: [], at: ports.clock.now() };
}

/**
 * The ledger has the plan as settled, but the snapshot has the rule. Reads the group again, because the
 * snapshot is mostly stale: then the rule is gone or has other content. Otherwise removes the rule under a
 * further attempt, which has an undo and a notification of its own.
 */
async function retrySettledPlan(plan: Plan, cell: RemediationCell): Promise<ExecutedPlan> {
  const { same, changed } = await fetchRuleStates(plan, cell);
  if (same.length > 0) return await nextAttempt(plan, cell);
  if (changed.length === 0) return { plan, reservation: 'settled', skipped: 'stale-snapshot' };
  return { plan, reservation: 'settled', outcome: { ...nothingRemoved(plan, 'done', cell), changed } };
}

async function fetchRuleStates({ decision }: Plan, { ports }: RemediationCell): Promise<RuleStates> {
  const { groups } = await ports.groups.fetchSnapshot({ by: 'group-id', ids: [decision.group.id] }, new Set());
  return compareRules(
    decision.rules,
    groups.flatMap(({ group }) => group.rules),
  );
}

/** Most attempts at one plan for one change. */
const MAX_ATTEMPTS = 20;

/** Executes the first further attempt that is not settled yet. Throws CallFailed, RuleKeepsChanging. */
async function nextAttempt(settled: Plan, cell: RemediationCell): Promise<ExecutedPlan> {
  for (let nth = 1; nth <= MAX_ATTEMPTS; nth += 1) {
    const id = await attemptId(settled.id, settled.change, nth);
    const plan = { ...settled, id, at: cell.ports.clock.now() };
    const { reservation, waited } = await reserve(plan, cell);
    if (reservation === 'settled' && !waited) continue;
    return reservation === 'settled' || reservation === 'busy' || reservation === 'held'
      ? skip(plan, reservation)
      : await executeReserved(plan, reservation, cell);
  }
  throw new RuleKeepsChanging(settled.decision.group.id, settled.decision.rules, MAX_ATTEMPTS);
}
