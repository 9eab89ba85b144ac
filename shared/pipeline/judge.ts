import { CONTROLS } from '../controls/registry.ts';
import type { Change } from '../model/change.ts';
import type { Decision, Plan } from '../model/decision.ts';
import type { Episode } from '../model/episode.ts';
import type { Facts } from '../model/facts.ts';
import type { Mode } from '../model/mode.ts';
import type { Sight, Sighting } from '../model/ports.ts';
import { exemptionsAt } from '../policy/exempt.ts';
import { serviceOwner } from '../policy/service-owned.ts';
import { worldOf } from '../policy/world.ts';
import type { Cell } from './cell.ts';
import { decide, type Occasion } from './decide.ts';
import { neededFacts } from './enabled.ts';
import { besideChangedList, besideListBefore } from './list-before.ts';
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

/** What is told about a group besides what EC2 knows of it. */
const withTold = (sighting: Sighting, told: Pick<Facts, 'change'> | undefined, episodes: EpisodesOf): Sighting => {
  const known = episodes.get(sighting.group.id);
  return { ...sighting, facts: { ...sighting.facts, ...told, ...(known && { episodes: known }) } };
};

type EpisodesOf = ReadonlyMap<string, readonly Episode[]>;

/** Read if a control asks for them, and of groups that an AWS service may own: they tell whether the service opened a rule. */
const episodesOf = async (change: Change, { sightings }: Sight, { policy, ports }: Cell): Promise<EpisodesOf> => {
  const isNeeded = neededFacts(policy, change.trigger).has('episodes');
  const ids = sightings.flatMap(({ group }) =>
    isNeeded || serviceOwner(group, policy) !== undefined ? [group.id] : [],
  );
  return new Map(await Promise.all(ids.map(async (id) => [id, await ports.episodes.of(id)] as const)));
};

/** What the change is judged by, once for all its groups. */
interface Court {
  readonly change: Change;
  readonly occasion: Occasion;
  readonly seen: Seen;
  readonly episodes: EpisodesOf;
  readonly ceiling: Mode;
}

/** Decisions on all groups; `told` is the change as controls may see it, absent where nobody is to be judged for it. */
const decisionsOf = (
  { occasion, seen, episodes, ceiling }: Court,
  told: Pick<Facts, 'change'> | undefined,
  { policy, ports, owner }: Cell,
): readonly Decision[] =>
  seen.sight.sightings.flatMap((sighting) => {
    const unfinished = unfinishedRules(sighting.group.rules, seen.entries, owner, ports.clock.now());
    return decide(withTold(sighting, told, episodes), { ...occasion, unfinished }, policy, ceiling);
  });

const judgesChange: ReadonlySet<string> = new Set(CONTROLS.flatMap(({ id, needs }) => (needs.change ? [id] : [])));

const dependsOnChange = ({ because }: Decision): boolean => because.some(({ control }) => judgesChange.has(control));

/**
 * Decisions that stand though the change was our own grant: only what has to be closed for what it is. Where something is closed and
 * nobody is judged for the change, the ledger is not even asked, so that it holds up no closing.
 */
const besideOwnGrant = async (all: readonly Decision[], court: Court, cell: Cell): Promise<readonly Decision[]> => {
  const told = all.filter(({ mode }) => mode !== 'observe');
  const isClosing = told.some(({ mode }) => mode === 'enforce');
  if (told.length === 0 || (isClosing && !told.some(dependsOnChange))) return told;
  if (!(await isOwnGrant(court.change, cell.ports))) return told;
  return decisionsOf(court, undefined, cell).filter(({ mode }) => mode === 'enforce');
};

/** What is to be done and told, as plans. None where the change was our own doing. Throws CallFailed. */
export const judge = async (event: Change, seen: Seen, ceiling: Mode, cell: Cell): Promise<readonly Plan[]> => {
  const { policy, ports } = cell;
  if (await isOwnRemoval(event, ports)) return [];
  const now = ports.clock.now();
  const change = unambiguous(besideListBefore(event, seen.sight, worldOf(policy)), seen.sight);
  const exemptions = besideChangedList(exemptionsAt(now, policy, seen.exemptions), change.brought);
  const occasion: Occasion = { ...change, now, exemptions, letGo: new Set(event.released?.rules) };
  const episodes = await episodesOf(change, seen.sight, cell);
  const court: Court = { change: event, occasion, seen, episodes, ceiling };
  const decisions = decisionsOf(court, { change }, cell);
  ports.journal({ what: 'decided', decisions });
  const standing = await besideOwnGrant(decisions, court, cell);
  return (await Promise.all(standing.map((decision) => plansFor(decision, change, now)))).flat();
};
