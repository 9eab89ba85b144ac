import type { Change } from '../model/change.ts';
import type { Outcome } from '../model/decision.ts';
import { Unfinished } from '../model/errors.ts';
import type { Policy } from '../model/policy.ts';
import type { Entry, Ports } from '../model/ports.ts';
import { carryOut } from './carry-out.ts';
import { decide, neededFacts } from './decide.ts';
import { look } from './look.ts';
import { plansFor } from './plan.ts';
import { finish, leftOpen } from './resume.ts';

/** A removal that the ledger has as ours is no news. Told by the ledger, not by the role: a stolen role must not be invisible. */
const isOwn = ({ trigger, brought }: Change, entries: readonly Entry[]): boolean => {
  if (trigger !== 'rules-removed' || brought.kind !== 'rules' || brought.ids.length === 0) return false;
  const ours = new Set(entries.flatMap(({ plan }) => plan.steps.flatMap(({ rules }) => rules.map(({ id }) => id))));
  return brought.ids.every((id) => ours.has(id));
};

/**
 * The whole way of a change: look → decide → reserve → act → notify → settle.
 *
 * Plans run side by side and none stops another. `owner` names the invocation, so that its own retry takes up what it began.
 *
 * @returns what became of each plan that this invocation carried out.
 * @throws Unfinished once everything else is done, with every fault and every fact that could not be read.
 */
export const remediate = async (
  change: Change,
  owner: string,
  policy: Policy,
  ports: Ports,
): Promise<readonly Outcome[]> => {
  ports.journal({ what: 'change', change });
  const [{ sight, entries }, ceiling] = await Promise.all([
    look(change, neededFacts(policy), ports),
    ports.switch.ceiling(),
  ]);
  const own = isOwn(change, entries);
  const decisions = own ? [] : sight.sightings.flatMap((sighting) => decide(sighting, change, policy, ceiling));
  ports.journal({ what: 'decided', decisions });
  const told = decisions.filter(({ mode }) => mode !== 'observe');
  const plans = (await Promise.all(told.map((decision) => plansFor(decision, change, ports.clock.now())))).flat();
  const results = await Promise.allSettled([
    ...plans.map((plan) => carryOut(plan, owner, ports)),
    ...leftOpen(entries, plans).map((plan) => finish(plan, owner, sight, ports)),
  ]);
  const faults = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  if (faults.length + sight.unread.length > 0) throw new Unfinished([...faults, ...sight.unread]);
  return results.flatMap((result) =>
    result.status === 'fulfilled' && result.value !== undefined ? [result.value] : [],
  );
};
