import type { Outcome, Plan } from '../model/decision.ts';
import type { Ports, Reservation } from '../model/ports.ts';
import { act } from './act.ts';

const untouched = (plan: Plan, status: 'reported' | 'pending', at: number): Outcome => ({
  plan,
  status,
  removed: [],
  alreadyGone: [],
  drifted: [],
  at,
});

const outcomeOf = async (plan: Plan, reservation: Reservation, ports: Ports): Promise<Outcome> => {
  switch (plan.decision.mode) {
    case 'enforce':
      return await act(plan, reservation, ports);
    case 'approve':
      return untouched(plan, 'pending', ports.clock.now());
    case 'alert':
    case 'observe':
    case 'off':
      return untouched(plan, 'reported', ports.clock.now());
    default:
      return plan.decision.mode satisfies never;
  }
};

/** Everybody else was faster: there is nothing to tell. */
const nothingHappened = ({ status, removed }: Outcome): boolean => status === 'done' && removed.length === 0;

/** Tells people, then closes the entry: until both are done the entry is its own outbox. */
export const conclude = async (outcome: Outcome, ports: Ports): Promise<Outcome> => {
  if (!nothingHappened(outcome)) await ports.notices.publish(outcome);
  await ports.ledger.settle(outcome);
  ports.journal({ what: 'settled', outcome });
  return outcome;
};

/**
 * The ledger has the case as settled, and yet the rule was seen just now. Mostly the look is stale, and then the call finds nothing
 * to remove. If it does find the rule, the record was wrong: the rule goes (its undo is in the entry), and people are told.
 */
const actAgain = async (plan: Plan, ports: Ports): Promise<Outcome | undefined> => {
  const outcome = await act(plan, 'settled', ports);
  return outcome.removed.length === 0 ? undefined : await conclude(outcome, ports);
};

/** reserve → act → notify → settle, for one plan. Undefined where another invocation has it or it was settled before. */
export const carryOut = async (plan: Plan, owner: string, ports: Ports): Promise<Outcome | undefined> => {
  const reservation = await ports.ledger.reserve(plan, owner);
  ports.journal({ what: 'planned', plan, reservation });
  if (reservation === 'busy') return undefined;
  if (reservation === 'settled') return plan.decision.mode === 'enforce' ? await actAgain(plan, ports) : undefined;
  return await conclude(await outcomeOf(plan, reservation, ports), ports);
};
