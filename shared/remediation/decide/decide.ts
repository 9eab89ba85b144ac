import { CONTROLS } from '../../controls/registry.ts';
import type { AddedRules, Change } from '../../domain/change.ts';
import type { Facts } from '../../domain/control.ts';
import { higherMode, type Mode } from '../../domain/control-options.ts';
import type { Decision, Plan, Withheld } from '../../domain/decision.ts';
import type { Exemption } from '../../domain/exemption.ts';
import type { Rule } from '../../domain/group.ts';
import type { Episode } from '../../domain/group-record.ts';
import type { Policy } from '../../domain/policy.ts';
import type { GroupSnapshot, Snapshot } from '../../domain/ports.ts';
import { publicUnion } from '../../network/exposure/measure.ts';
import type { World } from '../../network/public-space.ts';
import { exemptionsAt } from '../../policy/exemptions.ts';
import { worldOf } from '../../policy/queries.ts';
import { serviceOwner } from '../../policy/service-owned.ts';
import type { RemediationCell } from '../cell.ts';
import type { ChangeSnapshot } from '../fetch-snapshot.ts';
import { isOwnGrant, isOwnRemoval } from '../own-change.ts';
import { plansFor } from '../plan.ts';
import { unfinishedRules } from '../unfinished-plans.ts';
import { decideGroup, decisionsFor, type GroupDecisions } from './decide-group.ts';
import { neededFacts, notifies } from './enabled-controls.ts';
import { type DecisionContext, freshnessOf, recordedStateFrom } from './freshness.ts';

/**
 * The change, as it stands beside what the list held before: a list that was the world already was not made so by one entry more, and
 * its rules count as existing. Where the old entries could not be read, the change is taken for what it says.
 */
function comparedWithListBefore(change: Change, { prefixLists = [] }: Snapshot, world: World): Change {
  const { added } = change;
  if (added.kind !== 'prefix-list') return change;
  const before = prefixLists.find(({ id }) => id === added.id)?.previousEntries;
  const wasWorld = before !== undefined && publicUnion(before, world).isWorld;
  return wasWorld ? { ...change, added: { kind: 'unknown' } } : change;
}

/**
 * Exemptions as they hold on the occasion of a change. Leave for a rule that names a list was given for what the list held: who makes the
 * list the world later has no leave for that, and people are asked.
 */
function withoutExemptionsOfList(exemptions: readonly Exemption[], added: AddedRules): readonly Exemption[] {
  return added.kind === 'prefix-list'
    ? exemptions.filter(({ scope }) => scope.content?.endsWith(` ${added.id}`) !== true)
    : exemptions;
}

function modes(
  sighting: GroupSnapshot,
  occasion: DecisionContext,
  policy: Policy,
  ceiling: Mode,
): ReadonlyMap<Rule, Mode> {
  return new Map(
    decisionsFor(sighting, occasion, policy, ceiling).flatMap(({ rules, mode }) =>
      rules.map((rule) => [rule, mode] as const),
    ),
  );
}

/**
 * Rules that stay only because of a protection that ends: an exemption hides them from a control, or the runtime switch holds their mode
 * down. They do not enter the group's record, so that they count as new when the protection ends; rules that were in the record before the
 * protection began count as existing. Pure.
 *
 * @param ceiling the runtime switch's.
 */
function protectedRules(
  sighting: GroupSnapshot,
  occasion: DecisionContext,
  policy: Policy,
  ceiling: Mode,
): ReadonlySet<Rule> {
  if (ceiling === 'enforce' && (occasion.exemptions ?? []).length === 0) return new Set();
  const now = modes(sighting, occasion, policy, ceiling);
  const otherwise = modes(sighting, { ...occasion, exemptions: [] }, policy, 'enforce');
  const isHeld = (mode: Mode, rule: Rule) => higherMode(now.get(rule) ?? 'off', mode) !== (now.get(rule) ?? 'off');
  return new Set([...otherwise].flatMap(([rule, mode]) => (isHeld(mode, rule) ? [rule] : [])));
}

/**
 * A name may stand for groups of several VPCs. Where it does, a rule of the same content in another one of them is not this
 * change's, so that without ids nothing counts as brought.
 */
function unambiguous(change: Change, { groups }: Snapshot): Change {
  const { scope, added } = change;
  const isVague = scope.by === 'group-name' && groups.length > 1 && added.kind === 'rules' && added.ids.length === 0;
  return isVague ? { ...change, added: { kind: 'unknown' } } : change;
}

/** What is told about a group besides what EC2 knows of it. */
function withFacts(
  sighting: GroupSnapshot,
  told: Pick<Facts, 'change'> | undefined,
  episodes: EpisodesOf,
): GroupSnapshot {
  const known = episodes.get(sighting.group.id);
  return { ...sighting, facts: { ...sighting.facts, ...told, ...(known && { episodes: known }) } };
}

type EpisodesOf = ReadonlyMap<string, readonly Episode[]>;

/** Read if a control asks for them, and of groups that an AWS service may own: they tell whether the service opened a rule. */
async function fetchEpisodes(
  change: Change,
  { groups }: Snapshot,
  { policy, ports }: RemediationCell,
): Promise<EpisodesOf> {
  const isNeeded = neededFacts(policy, change.trigger).has('episodes');
  const ids = groups.flatMap(({ group }) => (isNeeded || serviceOwner(group, policy) !== undefined ? [group.id] : []));
  return new Map(await Promise.all(ids.map(async (id) => [id, await ports.episodes.of(id)] as const)));
}

/** What the change is judged by, once for all its groups. */
interface ChangeContext {
  readonly change: Change;
  readonly occasion: DecisionContext;
  readonly seen: ChangeSnapshot;
  readonly episodes: EpisodesOf;
  readonly ceiling: Mode;
}

function contextFor(
  { group }: GroupSnapshot,
  { occasion, seen }: ChangeContext,
  { ports, owner }: RemediationCell,
): DecisionContext {
  const now = ports.clock.now();
  const unfinished = unfinishedRules(group.rules, seen.entries, owner, now);
  return { ...occasion, unfinished, recordedState: recordedStateFrom(seen.records.get(group.id), now) };
}

/** One group, judged; `told` is the change as controls may see it, absent where nobody is to be judged for it. */
function decideGroupOf(
  sighting: GroupSnapshot,
  context: ChangeContext,
  told: Pick<Facts, 'change'> | undefined,
  cell: RemediationCell,
): GroupDecisions {
  return decideGroup(
    withFacts(sighting, told, context.episodes),
    contextFor(sighting, context, cell),
    cell.policy,
    context.ceiling,
  );
}

const JUDGES_CHANGE: ReadonlySet<string> = new Set(CONTROLS.flatMap(({ id, needs }) => (needs.change ? [id] : [])));

function dependsOnChange({ findings }: Decision): boolean {
  return findings.some(({ control }) => JUDGES_CHANGE.has(control));
}

/**
 * Decisions that stand though the change was our own grant: only what has to be closed for what it is. Where something is closed and
 * nobody is judged for the change, it does not matter whose it was.
 */
function withoutOwnGrant(all: readonly Decision[], context: ChangeContext, cell: RemediationCell): readonly Decision[] {
  const { change, seen } = context;
  const told = all.filter(({ mode }) => mode !== 'observe');
  const isClosing = told.some(({ mode }) => mode === 'enforce');
  if (told.length === 0 || (isClosing && !told.some(dependsOnChange))) return told;
  if (!isOwnGrant(change, seen)) return told;
  return seen.sight.groups
    .flatMap((sighting) => decideGroupOf(sighting, context, undefined, cell).decisions)
    .filter(({ mode }) => mode === 'enforce');
}

/** A group after it was judged: what its record is written from. */
export interface DecidedGroup {
  readonly groupId: string;
  readonly rules: readonly Rule[];
  /** Rules that were acted on as new. */
  readonly fresh: ReadonlySet<Rule>;
  /** Rules that stay only under an exemption or because of the runtime switch. */
  readonly protected: ReadonlySet<Rule>;
  readonly withheld: readonly Withheld[];
}

/** What is to be done and told, as plans, and each group as it was judged. */
export interface ChangeDecisions {
  readonly plans: readonly Plan[];
  readonly groups: readonly DecidedGroup[];
}

function decidedGroup(
  sighting: GroupSnapshot,
  { withheld }: GroupDecisions,
  context: ChangeContext,
  cell: RemediationCell,
): DecidedGroup {
  const occasion = contextFor(sighting, context, cell);
  const { group } = sighting;
  return {
    groupId: group.id,
    rules: group.rules,
    fresh: freshnessOf(group.rules, occasion).fresh,
    protected: protectedRules(withFacts(sighting, context, context.episodes), occasion, cell.policy, context.ceiling),
    withheld: withheld.filter(({ decision }) => notifies(decision.mode)),
  };
}

/** Judges a change: see `Judgement`. Nothing is found where the change was our own removal. Throws CallFailed. */
export async function decide(
  event: Change,
  seen: ChangeSnapshot,
  ceiling: Mode,
  cell: RemediationCell,
): Promise<ChangeDecisions> {
  const { policy, ports } = cell;
  if (isOwnRemoval(event, seen)) return { plans: [], groups: [] };
  const now = ports.clock.now();
  const change = unambiguous(comparedWithListBefore(event, seen.sight, worldOf(policy)), seen.sight);
  const exemptions = withoutExemptionsOfList(exemptionsAt(now, policy, seen.exemptions), change.added);
  const occasion: DecisionContext = { ...change, now, exemptions, approvedRules: new Set(event.approved?.rules) };
  const episodes = await fetchEpisodes(change, seen.sight, cell);
  const context: ChangeContext = { change: event, occasion, seen, episodes, ceiling };
  const judged = seen.sight.groups.map((sighting) => {
    const deliberation = decideGroupOf(sighting, context, { change }, cell);
    return { ...deliberation, group: decidedGroup(sighting, deliberation, { ...context, change }, cell) };
  });
  const decisions = judged.flatMap((one) => one.decisions);
  ports.journal({ what: 'decided', decisions });
  const groups = judged.map(({ group }) => group);
  for (const withheld of groups.flatMap((group) => group.withheld)) ports.journal({ what: 'withheld', withheld });
  const standing = withoutOwnGrant(decisions, context, cell);
  return { plans: (await Promise.all(standing.map((one) => plansFor(one, change, now)))).flat(), groups };
}
