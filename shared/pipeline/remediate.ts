import type { Change } from '../model/change.ts';
import type { Outcome, Plan } from '../model/decision.ts';
import { Unfinished } from '../model/errors.ts';
import type { Mode } from '../model/mode.ts';
import type { Policy } from '../model/policy.ts';
import type { Ports, Sight } from '../model/ports.ts';
import { carryOut } from './carry-out.ts';
import { decide, neededFacts } from './decide.ts';
import { besideListBefore } from './list-before.ts';
import { look, type Seen } from './look.ts';
import { plansFor } from './plan.ts';
import { finish, leftOpen } from './resume.ts';
import { unfinishedRules } from './unfinished.ts';

/** A removal that the ledger has as ours is no news. Told by the ledger, not by the role: a stolen role must not be invisible. */
const isOwn = async ({ trigger, brought, scope }: Change, ports: Ports): Promise<boolean> => {
  if (trigger !== 'rules-removed' || brought.kind !== 'rules' || brought.ids.length === 0) return false;
  if (scope.by !== 'group-id') return false;
  const entries = (await Promise.all(scope.ids.map((id) => ports.ledger.entries(id)))).flat();
  const ours = new Set(entries.flatMap(({ plan }) => plan.steps.flatMap(({ rules }) => rules.map(({ id }) => id))));
  return brought.ids.every((id) => ours.has(id));
};

const plansOf = async (
  change: Change,
  owner: string,
  { sight, entries }: Seen,
  policy: Policy,
  ceiling: Mode,
  ports: Ports,
): Promise<readonly Plan[]> => {
  const now = ports.clock.now();
  const decisions = sight.sightings.flatMap((sighting) => {
    const unfinished = unfinishedRules(sighting.group.rules, entries, owner, now);
    return decide(sighting, { ...unambiguous(change, sight), unfinished }, policy, ceiling);
  });
  ports.journal({ what: 'decided', decisions });
  const told = decisions.filter(({ mode }) => mode !== 'observe');
  return (await Promise.all(told.map((decision) => plansFor(decision, change, now)))).flat();
};

/** How long after its creation everything in a group or VPC still counts as what its creation brought: 6 hours. */
const NEW_FOR_MS = 21_600_000;

/**
 * A name may stand for groups of several VPCs. Where it does, a rule of the same content in another one of them is not this
 * change's, so that without ids nothing counts as brought.
 */
const unambiguous = (change: Change, { sightings }: Sight): Change => {
  const { scope, brought } = change;
  const isVague =
    scope.by === 'group-name' && sightings.length > 1 && brought.kind === 'rules' && brought.ids.length === 0;
  return isVague ? { ...change, brought: { kind: 'unknown' } } : change;
};

/** An event put again from a queue days later says nothing of the rules that have come since. */
const asOf = (change: Change, now: number): Change =>
  change.brought.kind === 'everything' && now - change.at > NEW_FOR_MS
    ? { ...change, brought: { kind: 'unknown' } }
    : change;

/** Runs things side by side to their end, whatever becomes of each. */
const side = async (running: readonly Promise<Outcome | undefined>[]) => {
  const results = await Promise.allSettled(running);
  return {
    outcomes: results.flatMap((result) => (result.status === 'fulfilled' ? (result.value ?? []) : [])),
    faults: results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : [])),
  };
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
  event: Change,
  owner: string,
  policy: Policy,
  ports: Ports,
): Promise<readonly Outcome[]> => {
  const change = asOf(event, ports.clock.now());
  ports.journal({ what: 'change', change });
  const [{ sight, entries }, ceiling] = await Promise.all([
    look(change, neededFacts(policy, change.trigger), ports),
    ports.switch.ceiling(),
  ]);
  const plans = (await isOwn(change, ports))
    ? []
    : await plansOf(besideListBefore(change, sight, policy.world), owner, { sight, entries }, policy, ceiling, ports);
  const acted = await side(plans.map((plan) => carryOut(plan, owner, ports)));
  const aftermath = { sight, outcomes: acted.outcomes };
  const finished = await side(leftOpen(entries, plans).map((plan) => finish(plan, owner, aftermath, ports)));
  const faults = [...acted.faults, ...finished.faults, ...sight.unread];
  if (faults.length > 0) throw new Unfinished(faults);
  return [...acted.outcomes, ...finished.outcomes];
};
