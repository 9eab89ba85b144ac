import { isBudgeted } from '../model/budgeted.ts';
import type { Outcome, OutcomeStatus, Plan } from '../model/decision.ts';
import type { Reservation } from '../model/ledger.ts';
import { act } from './act.ts';
import { allowanceFor } from './budget.ts';
import type { Cell } from './cell.ts';
import { conclude } from './conclude.ts';

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
 * The ledger has the case as settled, and yet the rule was seen just now. Mostly the look is stale, and then the call finds nothing
 * to remove. If it does find the rule, the record was wrong: the rule goes (its undo is in the entry), and people are told.
 */
const actAgain = async (plan: Plan, cell: Cell): Promise<Outcome | undefined> => {
  const outcome = await act(plan, 'settled', cell.ports);
  if (outcome.removed.length === 0) return outcome.changed.length === 0 ? undefined : outcome;
  return await conclude({ ...outcome, plan: await recorded(plan, cell) }, cell);
};

/** reserve → act → notify → settle, for one plan. Undefined where another invocation has it or it was settled before. */
export const carryOut = async (plan: Plan, cell: Cell): Promise<Outcome | undefined> => {
  const { ports, owner } = cell;
  const reservation = await ports.ledger.reserve(plan, owner);
  ports.journal({ what: 'planned', plan, reservation });
  if (reservation === 'busy' || reservation === 'held') return undefined;
  if (reservation === 'settled') return plan.decision.mode === 'enforce' ? await actAgain(plan, cell) : undefined;
  return await carry(reservation === 'go' ? plan : await recorded(plan, cell), plan, reservation, cell);
};
