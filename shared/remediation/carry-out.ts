import { isBudgeted } from '../domain/budgeted.ts';
import { lowerMode } from '../domain/controls/mode.ts';
import type { Outcome, OutcomeStatus, Plan } from '../domain/decision.ts';
import { PlanBusy, RuleKeepsChanging } from '../domain/errors.ts';
import type { Reservation } from '../domain/ledger.ts';
import { type RuleStates, statesOf } from '../network/text/rule-states.ts';
import { act } from './act.ts';
import { allowanceFor } from './budget.ts';
import type { Cell } from './cell.ts';
import { allowedNow } from './decide/allowed-now.ts';
import { conclude } from './notify/conclude.ts';
import { attemptId } from './plan-id.ts';

/** What became of a plan in this invocation. */
export interface Carried {
  readonly plan: Plan;
  readonly reservation: Reservation;
  /** Absent where another invocation has it or it was settled before. */
  readonly outcome?: Outcome;
}

const untouched = (plan: Plan, status: OutcomeStatus, at: number): Outcome => ({
  plan,
  status,
  removed: [],
  alreadyGone: [],
  changed: [],
  at,
});

/** Only the plan that found the budget spent is told of: the others wait in silence. */
const hold = async (plan: Plan, isTold: boolean, cell: Cell): Promise<Outcome> => {
  const outcome = untouched(plan, 'held', cell.ports.clock.now());
  if (isTold) return await conclude(outcome, cell);
  await cell.ports.ledger.settle(outcome);
  cell.ports.journal({ what: 'settled', outcome });
  return outcome;
};

/** `occasion` is the plan as it came to be this time: a rule that was there before may have been brought anew since. */
const enforce = async (plan: Plan, occasion: Plan, reservation: Reservation, cell: Cell): Promise<Outcome> => {
  const allowance = await allowanceFor(isBudgeted(occasion) ? plan : occasion, cell.policy, cell.ports);
  if (allowance !== 'taken') return await hold(plan, allowance === 'spent', cell);
  return await conclude(await act(plan, reservation, cell.ports), cell);
};

const carry = async (plan: Plan, occasion: Plan, reservation: Reservation, cell: Cell): Promise<Outcome> => {
  switch (plan.decision.mode) {
    case 'enforce':
      return await enforce(plan, occasion, reservation, cell);
    case 'approve':
      return await conclude(untouched(plan, 'pending', cell.ports.clock.now()), cell);
    case 'alert':
    case 'observe':
    case 'off':
      return await conclude(untouched(plan, 'reported', cell.ports.clock.now()), cell);
    default:
      return plan.decision.mode satisfies never;
  }
};

/** The plan as it was recorded first: that is the one whose undo stands, and whose id people know. */
const recorded = async (plan: Plan, { ports }: Cell): Promise<Plan> => {
  const entry = await ports.ledger.find(plan.decision.group.id, plan.id);
  if (entry === undefined) return plan;
  return { ...entry.plan, ...(plan.released && { released: plan.released }), ...(plan.hold && { hold: plan.hold }) };
};

/**
 * Pauses before a plan that another invocation holds is asked for again, ms. The other one may have died: Lambda's retries after one and
 * two minutes outlast its lease of 90 s.
 */
const BUSY_PAUSES = [500, 1000, 2000, 4000] as const;

/** Whether somebody else's hold on a plan may not be the end of it: no budget holds it up, so the rule has to go. */
const isPressing = (plan: Plan): boolean => plan.decision.mode === 'enforce' && !isBudgeted(plan);

/** Reserves a plan, and waits a little for another invocation to be through with it where it is pressing. Throws CallFailed, PlanBusy. */
const reserve = async (plan: Plan, { ports, owner }: Cell): Promise<{ reservation: Reservation; waited: boolean }> => {
  for (let attempt = 0; ; attempt += 1) {
    const reservation = await ports.ledger.reserve(plan, owner);
    ports.journal({ what: 'planned', plan, reservation });
    if (reservation !== 'busy' || !isPressing(plan)) return { reservation, waited: attempt > 0 };
    const pause = BUSY_PAUSES[attempt];
    if (pause === undefined) throw new PlanBusy(plan.id, plan.decision.group.id);
    await ports.clock.sleep(pause);
  }
};

/** What has become of the plan's rules, as the group is now. Throws CallFailed. */
const lookAt = async ({ decision }: Plan, { ports }: Cell): Promise<RuleStates> => {
  const { sightings } = await ports.groups.look({ by: 'group-id', ids: [decision.group.id] }, new Set());
  return statesOf(
    decision.rules,
    sightings.flatMap(({ group }) => group.rules),
  );
};

/** Attempts at one case on the occasion of one change; more, and its rules are changed faster than they can be removed. */
const MOST_ATTEMPTS = 20;

const carryReserved = async (plan: Plan, reservation: Reservation, cell: Cell): Promise<Carried> => {
  const known = reservation === 'go' ? plan : await recorded(plan, cell);
  return { plan, reservation, outcome: await carry(known, plan, reservation, cell) };
};

/** The first attempt that is not over yet. Throws CallFailed, RuleKeepsChanging. */
const attempt = async (settled: Plan, cell: Cell): Promise<Carried> => {
  for (let nth = 1; nth <= MOST_ATTEMPTS; nth += 1) {
    const id = await attemptId(settled.id, settled.change, nth);
    const plan = { ...settled, id, at: cell.ports.clock.now() };
    const { reservation, waited } = await reserve(plan, cell);
    if (reservation === 'settled' && !waited) continue;
    const isOthers = reservation === 'settled' || reservation === 'busy' || reservation === 'held';
    return isOthers ? { plan, reservation } : await carryReserved(plan, reservation, cell);
  }
  throw new RuleKeepsChanging(settled.decision.group.id, settled.decision.rules, MOST_ATTEMPTS);
};

/**
 * The ledger has the case as settled, and yet the rule was seen just now. Mostly the snapshot is stale: then a second one does not have
 * the rule, or has it with other content, which is followed up. Otherwise the record was wrong, and the rule goes by an attempt with a
 * record of its own: its undo is there before the act, and people are told what became of it.
 */
const attemptAgain = async (plan: Plan, cell: Cell): Promise<Carried> => {
  const { same, changed } = await lookAt(plan, cell);
  if (same.length > 0) return await attempt(plan, cell);
  const outcome = { ...untouched(plan, 'done', cell.ports.clock.now()), changed };
  return { plan, reservation: 'settled', ...(changed.length > 0 && { outcome }) };
};

/**
 * What is done if the runtime switch has fallen since the plan was decided on: what it still allows. The entry that is reserved stays
 * open, as if this invocation had ended here, so that what an earlier try may have removed is not forgotten: on-schedule has the group
 * looked at again, and the rule is judged anew.
 */
const carryOutLowered = async (lowered: Plan, reservation: Reservation, cell: Cell): Promise<Carried> => {
  const isTold = lowerMode(lowered.decision.mode, 'alert') === 'alert';
  return reservation !== 'settled' && isTold ? await carryOut(lowered, cell) : { plan: lowered, reservation };
};

/**
 * reserve → act → notify → settle, for one plan. The runtime switch is read again beside the reservation.
 *
 * @throws CallFailed, Unfinished, RuleKeepsChanging; PlanBusy where another invocation holds the plan and this one cannot wait any longer.
 */
export const carryOut = async (plan: Plan, cell: Cell): Promise<Carried> => {
  const [{ reservation, waited }, ceiling] = await Promise.all([reserve(plan, cell), cell.ports.switch.ceiling()]);
  if (reservation === 'busy' || reservation === 'held') return { plan, reservation };
  const allowed = await allowedNow(plan, ceiling);
  if (allowed !== plan) return await carryOutLowered(allowed, reservation, cell);
  if (reservation !== 'settled') return await carryReserved(plan, reservation, cell);
  return plan.decision.mode === 'enforce' && !waited ? await attemptAgain(plan, cell) : { plan, reservation };
};
