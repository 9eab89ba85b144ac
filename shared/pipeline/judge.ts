import type { Change } from '../model/change.ts';
import type { Plan } from '../model/decision.ts';
import type { Episode } from '../model/episode.ts';
import type { Exemption } from '../model/exemption.ts';
import type { Mode } from '../model/mode.ts';
import type { Policy } from '../model/policy.ts';
import type { Sight, Sighting } from '../model/ports.ts';
import { isLive } from '../policy/exempt.ts';
import type { Cell } from './cell.ts';
import { decide, type Occasion } from './decide.ts';
import { neededFacts } from './enabled.ts';
import { besideListBefore } from './list-before.ts';
import type { Seen } from './look.ts';
import { isOwnGrant, isOwnRemoval } from './own-change.ts';
import { plansFor } from './plan.ts';
import { unfinishedRules } from './unfinished.ts';

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

/** Exemptions that hold now: the policy's and the ledger's. */
const live = (policy: Policy, exemptions: readonly Exemption[], now: number): readonly Exemption[] =>
  [...policy.exemptions, ...exemptions].filter((one) => isLive(one, now));

const withTold = (sighting: Sighting, change: Change, episodes: ReadonlyMap<string, readonly Episode[]>): Sighting => {
  const known = episodes.get(sighting.group.id);
  return { ...sighting, facts: { ...sighting.facts, change, ...(known && { episodes: known }) } };
};

const episodesOf = async (change: Change, { sightings }: Sight, { policy, ports }: Cell) => {
  if (!neededFacts(policy, change.trigger).has('episodes')) return new Map<string, readonly Episode[]>();
  const ids = sightings.map(({ group }) => group.id);
  return new Map(await Promise.all(ids.map(async (id) => [id, await ports.episodes.of(id)] as const)));
};

/** What is to be done and told, as plans. None where the change was our own doing. Throws CallFailed. */
export const judge = async (event: Change, seen: Seen, ceiling: Mode, cell: Cell): Promise<readonly Plan[]> => {
  const { policy, ports, owner } = cell;
  if (await isOwnRemoval(event, ports)) return [];
  const { sight, entries } = seen;
  const now = ports.clock.now();
  const change = unambiguous(besideListBefore(event, sight, policy.world), sight);
  const occasion: Occasion = {
    ...change,
    now,
    exemptions: live(policy, seen.exemptions, now),
    letGo: new Set(event.released?.rules),
  };
  const episodes = await episodesOf(change, sight, cell);
  const decisions = sight.sightings.flatMap((sighting) => {
    const unfinished = unfinishedRules(sighting.group.rules, entries, owner, now);
    return decide(withTold(sighting, event, episodes), { ...occasion, unfinished }, policy, ceiling);
  });
  ports.journal({ what: 'decided', decisions });
  const told = decisions.filter(({ mode }) => mode !== 'observe');
  const isClosing = told.some(({ mode }) => mode === 'enforce');
  if (told.length > 0 && !isClosing && (await isOwnGrant(event, ports))) return [];
  return (await Promise.all(told.map((decision) => plansFor(decision, change, now)))).flat();
};
