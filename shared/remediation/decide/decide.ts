import { CONTROLS } from '../../controls/registry.ts';
import type { AddedRules, Change } from '../../domain/change.ts';
import type { Facts } from '../../domain/control.ts';
import { higherMode, type Mode } from '../../domain/control-options.ts';
import type { Decision, Plan, Withheld } from '../../domain/decision.ts';
import type { GroupSnapshot, Snapshot } from '../../domain/ec2.ts';
import type { Exemption } from '../../domain/exemption.ts';
import type { Rule } from '../../domain/group.ts';
import type { Episode } from '../../domain/group-record.ts';
import type { WithheldReason } from '../../domain/reasons.ts';
import { publicUnion } from '../../network/exposure/measure.ts';
import type { World } from '../../network/public-space.ts';
import { exemptionsAt } from '../../policy/exemptions.ts';
import { worldOf } from '../../policy/queries.ts';
import { serviceOwner } from '../../policy/service-owned.ts';
import type { RemediationCell } from '../cell.ts';
import type { ChangeSnapshot } from '../fetch-snapshot.ts';
import { isOwnGrant, isOwnRemoval } from '../own-change.ts';
import { planId, plansFor } from '../plan.ts';
import { unfinishedRules } from '../unfinished-plans.ts';
import { decideGroup, type GroupDecisions } from './decide-group.ts';
import { modeReason } from './effective-mode.ts';
import { neededFacts, notifies } from './enabled-controls.ts';
import { type DecisionContext, freshnessOf, recordedStateFrom } from './freshness.ts';

/** A group after its decisions: what its record is updated from. */
export interface DecidedGroup {
  readonly groupId: string;
  readonly rules: readonly Rule[];
  /** Rules that were treated as fresh. */
  readonly fresh: ReadonlySet<Rule>;
  /** Rules that stay only because of an exemption or the runtime switch. */
  readonly protected: ReadonlySet<Rule>;
  readonly withheld: readonly Withheld[];
}

/** A decision without a plan, and the id that its plan would have. */
interface WithheldPlan {
  readonly planId: string;
  readonly withheld: Withheld;
}

/** The plans for a change, the decisions that led to no plan, and each group. */
export interface ChangeDecisions {
  readonly plans: readonly Plan[];
  readonly withheld: readonly WithheldPlan[];
  readonly groups: readonly DecidedGroup[];
}

/** What the decisions on all groups of a change depend on. */
interface ChangeInputs {
  readonly change: Change;
  readonly context: DecisionContext;
  readonly snapshot: ChangeSnapshot;
  readonly episodes: ReadonlyMap<string, readonly Episode[]>;
  readonly ceiling: Mode;
}

/**
 * Decides what to do about each group of a change. A change that was Portcullis's own removal leads to
 * nothing. Throws CallFailed.
 */
export async function decide(
  event: Change,
  snapshot: ChangeSnapshot,
  ceiling: Mode,
  cell: RemediationCell,
): Promise<ChangeDecisions> {
  const { policy, ports } = cell;
  if (isOwnRemoval(event, snapshot)) {
    ports.journal({ what: 'not-decided', reason: 'own-removal', details: [event.id] });
    return { plans: [], withheld: [], groups: [] };
  }
  const now = ports.clock.now();
  const change = unambiguous(comparedWithListBefore(event, snapshot.current, worldOf(policy)), snapshot.current);
  const exemptions = withoutExemptionsOfList(exemptionsAt(now, policy, snapshot.exemptions), change.added);
  const context: DecisionContext = { ...change, now, exemptions, approvedRules: new Set(event.approved?.rules) };
  const episodes = await fetchEpisodes(change, snapshot.current, cell);
  const inputs: ChangeInputs = { change, context, snapshot, episodes, ceiling };
  const decided = snapshot.current.groups.map((group) => decideOne(group, inputs, cell));
  const decisions = decided.flatMap((one) => one.decisions);
  ports.journal({ what: 'decided', decisions });
  const { kept, withheld } = withoutOwnGrant(decisions, { ...inputs, change: event }, cell);
  const all = [...decided.flatMap((one) => one.withheld), ...withheld];
  return {
    plans: (await Promise.all(kept.map((one) => plansFor(one, change, now)))).flat(),
    withheld: await Promise.all(
      all.map(async (one) => ({ planId: await planId(one.decision, change), withheld: one })),
    ),
    groups: decided.map(({ group }) => group),
  };
}

/**
 * Decides on one group, and says which of its rules stay only for as long as an exemption or the runtime
 * switch protects them.
 */
function decideOne(snapshot: GroupSnapshot, inputs: ChangeInputs, cell: RemediationCell) {
  const { group } = snapshot;
  const context = contextFor(snapshot, inputs, cell);
  const own = decideAs(snapshot, context, { change: inputs.change }, inputs, cell);
  const ifUnprotected = protectedDecisions(own, snapshot, context, inputs, cell);
  const withheld = own.withheld.filter(({ decision }) => notifies(decision.mode));
  return {
    decisions: own.decisions,
    withheld: [...own.withheld, ...ifUnprotected.withheld],
    group: {
      groupId: group.id,
      rules: group.rules,
      fresh: freshnessOf(group.rules, context).fresh,
      protected: ifUnprotected.rules,
      withheld,
    } satisfies DecidedGroup,
  };
}

function contextFor(
  { group }: GroupSnapshot,
  { context, snapshot }: ChangeInputs,
  { ports, owner }: RemediationCell,
): DecisionContext {
  const now = ports.clock.now();
  const unfinished = unfinishedRules(group.rules, snapshot.entries, owner, now);
  return { ...context, unfinished, recordedState: recordedStateFrom(snapshot.records.get(group.id), now) };
}

/**
 * @param changeFact the change as controls may see it; absent if no control is to judge the change itself.
 */
function decideAs(
  { group, facts }: GroupSnapshot,
  context: DecisionContext,
  changeFact: Pick<Facts, 'change'> | undefined,
  { episodes, ceiling }: Pick<ChangeInputs, 'episodes' | 'ceiling'>,
  { policy }: RemediationCell,
): GroupDecisions {
  const known = episodes.get(group.id);
  const all = { ...facts, ...changeFact, ...(known && { episodes: known }) };
  return decideGroup({ group, facts: all }, context, policy, ceiling);
}

/**
 * Rules that stay only because of a protection that ends: an exemption hides them from a control, or the
 * runtime switch limits their mode. They do not enter the group's record, so they count as fresh when the
 * protection ends. Rules that were in the record before count as existing. Decisions that would be made
 * without the protection are withheld, unless the same rule has a decision now.
 */
function protectedDecisions(
  { decisions }: GroupDecisions,
  snapshot: GroupSnapshot,
  context: DecisionContext,
  { change, episodes, ceiling: switchCeiling }: ChangeInputs,
  cell: RemediationCell,
): { readonly rules: ReadonlySet<Rule>; readonly withheld: readonly Withheld[] } {
  const isExempt = (context.exemptions ?? []).length > 0;
  if (switchCeiling === 'enforce' && !isExempt) return { rules: new Set(), withheld: [] };
  const decideWith = (ceiling: Mode) =>
    decideAs(snapshot, { ...context, exemptions: [] }, { change }, { episodes, ceiling }, cell).decisions;
  const now = modesOf(decisions);
  const unprotected = decideWith('enforce');
  const rules = raisedRules(unprotected, now);
  const exempt = isExempt ? raisedRules(decideWith(switchCeiling), now) : new Set<Rule>();
  const held = unprotected.flatMap((decision): readonly Withheld[] => {
    const silent = decision.rules.filter((rule) => rules.has(rule) && !now.has(rule));
    const why: WithheldReason = silent.some((rule) => exempt.has(rule)) ? 'exemption' : 'runtime-switch';
    return silent.length === 0 ? [] : [{ decision: { ...decision, rules: silent }, why }];
  });
  return { rules, withheld: held };
}

function modesOf(decisions: readonly Decision[]): ReadonlyMap<Rule, Mode> {
  return new Map(decisions.flatMap(({ rules, mode }) => rules.map((rule) => [rule, mode] as const)));
}

/** Rules that these decisions give a higher mode than they have now. */
function raisedRules(decisions: readonly Decision[], now: ReadonlyMap<Rule, Mode>): ReadonlySet<Rule> {
  const isRaised = (rule: Rule, mode: Mode) => {
    const current = now.get(rule) ?? 'off';
    return higherMode(current, mode) !== current;
  };
  return new Set(decisions.flatMap(({ rules, mode }) => rules.filter((rule) => isRaised(rule, mode))));
}

const CONTROLS_ON_CHANGES: ReadonlySet<string> = new Set(
  CONTROLS.flatMap(({ id, needs }) => (needs.change ? [id] : [])),
);

function dependsOnChange({ findings }: Decision): boolean {
  return findings.some(({ control }) => CONTROLS_ON_CHANGES.has(control));
}

/**
 * Leaves out decisions that only observe. If the change was Portcullis's own grant, also leaves out every
 * decision that is not a removal for what the rule itself is.
 */
function withoutOwnGrant(
  all: readonly Decision[],
  inputs: ChangeInputs,
  cell: RemediationCell,
): { readonly kept: readonly Decision[]; readonly withheld: readonly Withheld[] } {
  const { change, snapshot } = inputs;
  const notifying = all.filter(({ mode }) => mode !== 'observe');
  const observed = all
    .filter(({ mode }) => mode === 'observe')
    .map((decision): Withheld => ({ decision, why: modeReason(decision) }));
  const isRemoval = notifying.some(({ mode }) => mode === 'enforce') && !notifying.some(dependsOnChange);
  if (notifying.length === 0 || isRemoval || !isOwnGrant(change, snapshot))
    return { kept: notifying, withheld: observed };
  const kept = snapshot.current.groups
    .flatMap((group) => decideAs(group, contextFor(group, inputs, cell), undefined, inputs, cell).decisions)
    .filter(({ mode }) => mode === 'enforce');
  const keptRules = new Set(kept.flatMap(({ rules }) => rules));
  const ours = notifying
    .filter(({ rules }) => !rules.some((rule) => keptRules.has(rule)))
    .map((decision): Withheld => ({ decision, why: 'own-grant' }));
  return { kept, withheld: [...observed, ...ours] };
}

/**
 * Read if a control needs them, and for groups that an AWS service may own: they tell whether the service
 * opened a rule.
 */
async function fetchEpisodes(
  change: Change,
  { groups }: Snapshot,
  { policy, ports }: RemediationCell,
): Promise<ReadonlyMap<string, readonly Episode[]>> {
  const isNeeded = neededFacts(policy, change.trigger).has('episodes');
  const ids = groups.flatMap(({ group }) => (isNeeded || serviceOwner(group, policy) !== undefined ? [group.id] : []));
  return new Map(await Promise.all(ids.map(async (id) => [id, await ports.episodes.of(id)] as const)));
}

/**
 * The change, compared with the earlier entries of its prefix list. If the list was world-open before, one
 * more entry opens nothing, and the rules count as existing. If the earlier entries could not be read, the
 * change stays as the event has it.
 */
function comparedWithListBefore(change: Change, { prefixLists = [] }: Snapshot, world: World): Change {
  const { added } = change;
  if (added.kind !== 'prefix-list') return change;
  const before = prefixLists.find(({ id }) => id === added.id)?.previousEntries;
  const wasWorld = before !== undefined && publicUnion(before, world).isWorld;
  return wasWorld ? { ...change, added: { kind: 'unknown' } } : change;
}

/**
 * An exemption of a rule that names a prefix list is about the entries at that time, so it does not cover a
 * change to the list.
 */
function withoutExemptionsOfList(exemptions: readonly Exemption[], added: AddedRules): readonly Exemption[] {
  return added.kind === 'prefix-list'
    ? exemptions.filter(({ scope }) => scope.content?.endsWith(` ${added.id}`) !== true)
    : exemptions;
}

/**
 * Several VPCs may have a group of one name. Then the contents in the event do not say in which of the groups
 * a rule was added, so without rule ids no rule counts as added.
 */
function unambiguous(change: Change, { groups }: Snapshot): Change {
  const { scope, added } = change;
  const isVague = scope.by === 'group-name' && groups.length > 1 && added.kind === 'rules' && added.ids.length === 0;
  return isVague ? { ...change, added: { kind: 'unknown' } } : change;
}
