import { CONTROLS } from '../controls/registry.ts';
import type { Change } from '../domain/change.ts';
import type { Facts } from '../domain/controls/facts.ts';
import type { Mode } from '../domain/controls/mode.ts';
import type { Decision, Plan, Withheld } from '../domain/decision.ts';
import type { Episode } from '../domain/episode.ts';
import type { Sight, Sighting } from '../domain/ports.ts';
import type { Rule } from '../domain/rule.ts';
import { exemptionsAt } from '../policy/exempt.ts';
import { serviceOwner } from '../policy/service-owned.ts';
import { worldOf } from '../policy/world.ts';
import type { Cell } from './cell.ts';
import { type Deliberation, deliberate } from './decide/decide.ts';
import { neededFacts } from './decide/enabled.ts';
import { agesOf, knownFrom } from './decide/freshness.ts';
import { besideChangedList, besideListBefore } from './decide/list-before.ts';
import { isLoud } from './decide/loud.ts';
import type { Occasion } from './decide/occasion.ts';
import type { Seen } from './look.ts';
import { isOwnGrant, isOwnRemoval } from './own-change.ts';
import { plansFor } from './plan.ts';
import { protectedRules } from './protection.ts';
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
interface EvaluationContext {
  readonly change: Change;
  readonly occasion: Occasion;
  readonly seen: Seen;
  readonly episodes: EpisodesOf;
  readonly ceiling: Mode;
}

const occasionFor = ({ group }: Sighting, { occasion, seen }: EvaluationContext, { ports, owner }: Cell): Occasion => {
  const now = ports.clock.now();
  const unfinished = unfinishedRules(group.rules, seen.entries, owner, now);
  return { ...occasion, unfinished, known: knownFrom(seen.records.get(group.id), now) };
};

/** One group, judged; `told` is the change as controls may see it, absent where nobody is to be judged for it. */
const deliberateOn = (
  sighting: Sighting,
  context: EvaluationContext,
  told: Pick<Facts, 'change'> | undefined,
  cell: Cell,
): Deliberation =>
  deliberate(
    withTold(sighting, told, context.episodes),
    occasionFor(sighting, context, cell),
    cell.policy,
    context.ceiling,
  );

const judgesChange: ReadonlySet<string> = new Set(CONTROLS.flatMap(({ id, needs }) => (needs.change ? [id] : [])));

const dependsOnChange = ({ because }: Decision): boolean => because.some(({ control }) => judgesChange.has(control));

/**
 * Decisions that stand though the change was our own grant: only what has to be closed for what it is. Where something is closed and
 * nobody is judged for the change, it does not matter whose it was.
 */
const besideOwnGrant = (all: readonly Decision[], context: EvaluationContext, cell: Cell): readonly Decision[] => {
  const { change, seen } = context;
  const told = all.filter(({ mode }) => mode !== 'observe');
  const isClosing = told.some(({ mode }) => mode === 'enforce');
  if (told.length === 0 || (isClosing && !told.some(dependsOnChange))) return told;
  if (!isOwnGrant(change, seen)) return told;
  return seen.sight.sightings
    .flatMap((sighting) => deliberateOn(sighting, context, undefined, cell).decisions)
    .filter(({ mode }) => mode === 'enforce');
};

/** A group after it was judged: what its record is written from. */
export interface JudgedGroup {
  readonly groupId: string;
  readonly rules: readonly Rule[];
  /** Rules that were acted on as new. */
  readonly fresh: ReadonlySet<Rule>;
  /** Rules that stay only under an exemption or because of the runtime switch. */
  readonly protected: ReadonlySet<Rule>;
  readonly withheld: readonly Withheld[];
}

/** What is to be done and told, as plans, and each group as it was judged. */
export interface Judgement {
  readonly plans: readonly Plan[];
  readonly groups: readonly JudgedGroup[];
}

const judgedGroup = (
  sighting: Sighting,
  { withheld }: Deliberation,
  context: EvaluationContext,
  cell: Cell,
): JudgedGroup => {
  const occasion = occasionFor(sighting, context, cell);
  const { group } = sighting;
  return {
    groupId: group.id,
    rules: group.rules,
    fresh: agesOf(group.rules, occasion).fresh,
    protected: protectedRules(withTold(sighting, context, context.episodes), occasion, cell.policy, context.ceiling),
    withheld: withheld.filter(({ decision }) => isLoud(decision.mode)),
  };
};

/** Judges a change: see `Judgement`. Nothing is found where the change was our own removal. Throws CallFailed. */
export const judge = async (event: Change, seen: Seen, ceiling: Mode, cell: Cell): Promise<Judgement> => {
  const { policy, ports } = cell;
  if (isOwnRemoval(event, seen)) return { plans: [], groups: [] };
  const now = ports.clock.now();
  const change = unambiguous(besideListBefore(event, seen.sight, worldOf(policy)), seen.sight);
  const exemptions = besideChangedList(exemptionsAt(now, policy, seen.exemptions), change.brought);
  const occasion: Occasion = { ...change, now, exemptions, letGo: new Set(event.released?.rules) };
  const episodes = await episodesOf(change, seen.sight, cell);
  const context: EvaluationContext = { change: event, occasion, seen, episodes, ceiling };
  const judged = seen.sight.sightings.map((sighting) => {
    const deliberation = deliberateOn(sighting, context, { change }, cell);
    return { ...deliberation, group: judgedGroup(sighting, deliberation, { ...context, change }, cell) };
  });
  const decisions = judged.flatMap((one) => one.decisions);
  ports.journal({ what: 'decided', decisions });
  const groups = judged.map(({ group }) => group);
  for (const withheld of groups.flatMap((group) => group.withheld)) ports.journal({ what: 'withheld', withheld });
  const standing = besideOwnGrant(decisions, context, cell);
  return { plans: (await Promise.all(standing.map((one) => plansFor(one, change, now)))).flat(), groups };
};
