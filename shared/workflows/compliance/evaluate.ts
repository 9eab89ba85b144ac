import type { AccountRegion, ConfigCell, ConfigRequest, Evaluation, RecordedGroup } from '../../domain/aws-config.ts';
import type { Need } from '../../domain/control.ts';
import type { Mode } from '../../domain/control-options.ts';
import { Unfinished } from '../../domain/errors.ts';
import type { Exemption } from '../../domain/exemption.ts';
import type { Group, Rule } from '../../domain/group.ts';
import type { Policy } from '../../domain/policy.ts';
import type { GroupSnapshot, Snapshot } from '../../domain/ports.ts';
import { exemptionsAt } from '../../policy/exemptions.ts';
import { exceedsSweepShare } from '../../policy/queries.ts';
import { enabledControls, mayOpenTogether, needsOf, notifies } from '../../remediation/decide/enabled-controls.ts';
import { foreignGroupReason, isOwnGroup, withoutForeignGroups } from '../../remediation/fetch-snapshot.ts';
import { settleAll } from '../../remediation/settle-all.ts';
import { annotationOf, type ComplianceCriteria, complianceOf, policyOfFamily } from './compliance.ts';

/** An evaluation, and how far the policy goes with what was found. */
interface Assessed {
  readonly evaluation: Evaluation;
  readonly mode: Mode;
}

/** How far the internet reaches grades a severity, and changes no verdict: it is not read. */
function needsUnder(policy: Policy): ReadonlySet<Need> {
  return new Set(enabledControls(policy, 'sweep').flatMap(needsOf));
}

function measureOf(
  { policy, ports }: ConfigCell,
  { parameters }: ConfigRequest,
  inForce: readonly Exemption[],
): ComplianceCriteria {
  const now = ports.clock.now();
  const exemptions = exemptionsAt(now, policy, inForce);
  return { parameters, policy: policyOfFamily(policy, parameters), exemptions, now };
}

function assessGroup(sighting: GroupSnapshot, at: number, measure: ComplianceCriteria): Assessed {
  const { mode, ...said } = complianceOf(sighting, measure);
  return { evaluation: { groupId: sighting.group.id, at, ...said }, mode };
}

function notApplicable(groupId: string, at: number, why: string): readonly Assessed[] {
  return [{ evaluation: { groupId, verdict: 'NOT_APPLICABLE', annotation: annotationOf(why), at }, mode: 'off' }];
}

function isUnresolved({ source }: Rule): boolean {
  return source.kind === 'prefix-list' && source.cidrs === undefined;
}

/** AWS Config records which lists a rule names; what they hold, the look at the group tells. */
function withLists(group: Group, sight: Snapshot): Group {
  const known = new Map(
    sight.groups.flatMap((one) =>
      one.group.rules.flatMap(({ source }) =>
        source.kind === 'prefix-list' && source.cidrs !== undefined ? [[source.id, source] as const] : [],
      ),
    ),
  );
  const rules = group.rules.map((rule) =>
    rule.source.kind === 'prefix-list' ? { ...rule, source: known.get(rule.source.id) ?? rule.source } : rule,
  );
  return { ...group, rules };
}

const NOTHING_READ: Snapshot = { groups: [], unread: [] };

/**
 * Judges what was recorded, by the facts of now. An item that has been overtaken (its group is gone, or names a list no more) and can't be
 * judged for it gets no verdict where the next one brings it. Throws Unfinished where a fact could not be read.
 */
async function assessItem(item: RecordedGroup, request: ConfigRequest, cell: ConfigCell): Promise<readonly Assessed[]> {
  const { groupId, at, region, group } = item;
  if (group === undefined) return notApplicable(groupId, at, 'The group is deleted, not recorded, or out of scope.');
  if (!isOwnGroup(group, item)) {
    cell.leftOut([foreignGroupReason(group)]);
    return notApplicable(groupId, at, `The group belongs to account ${group.ownerId}.`);
  }
  const measure = measureOf(cell, request, await cell.ports.exemptions.active([groupId]));
  const isAlone = !mayOpenTogether(measure.policy)(group);
  const needs = needsUnder(measure.policy).difference(new Set(isAlone ? ['neighbours'] : []));
  const isEnough = needs.size === 0 && !group.rules.some(isUnresolved);
  const sight = isEnough
    ? NOTHING_READ
    : await cell.ports.groups(region).fetchSnapshot({ by: 'group-id', ids: [groupId] }, needs);
  const facts = { ...sight.groups[0]?.facts, ...(isAlone && { neighbours: [] }) };
  const judged = withLists(group, sight);
  const assessed = assessGroup({ group: judged, facts }, at, measure);
  if (assessed.evaluation.verdict === 'NON_COMPLIANT') return [assessed];
  if (sight.unread.length > 0) throw new Unfinished(sight.unread);
  if (!isEnough && sight.groups.length === 0) return notApplicable(groupId, at, 'The group is gone by now.');
  return judged.rules.some(isUnresolved) ? [] : [assessed];
}

/** What the policy goes further with than to observe. */
function isToBeLookedAt({ evaluation, mode }: Assessed): boolean {
  return evaluation.verdict === 'NON_COMPLIANT' && notifies(mode);
}

function idsOf(assessed: readonly Assessed[]): readonly string[] {
  return assessed.map(({ evaluation }) => evaluation.groupId);
}

async function put(
  assessed: readonly Assessed[],
  { resultToken }: ConfigRequest,
  { ports }: ConfigCell,
): Promise<readonly Evaluation[]> {
  const evaluations = assessed.map(({ evaluation }) => evaluation);
  if (evaluations.length > 0) await ports.compliance.put(resultToken, evaluations);
  return evaluations;
}

/** Hands on what is open, whatever becomes of the answer. Whoever comes second finds nothing to do. */
async function reportItem(
  assessed: readonly Assessed[],
  place: AccountRegion,
  request: ConfigRequest,
  cell: ConfigCell,
): Promise<readonly Evaluation[]> {
  const open = idsOf(assessed.filter(isToBeLookedAt));
  const looking = open.length > 0 ? [cell.ports.reexamine.requestEvaluation(open, place.region)] : [];
  const { outcomes, faults } = await settleAll([
    put(assessed, request, cell),
    ...looking.map(async (look) => await look.then(() => [])),
  ]);
  if (faults.length > 0) throw faults.length === 1 ? faults[0] : new Unfinished(faults);
  return outcomes.flat();
}

async function assessPart(
  sight: Snapshot,
  occasion: AccountRegion & { readonly at: number },
  request: ConfigRequest,
  cell: ConfigCell,
) {
  const { own, reasons } = withoutForeignGroups(sight, occasion);
  if (reasons.length > 0) cell.leftOut(reasons);
  const ids = own.groups.map(({ group }) => group.id);
  const measure = measureOf(cell, request, await cell.ports.exemptions.active(ids));
  return own.groups.map((sighting) => assessGroup(sighting, occasion.at, measure));
}

/** What a schedule's call has found to be looked at, of how many groups. */
interface ScheduledRun {
  readonly open: readonly Assessed[];
  readonly groups: number;
}

/** More than a sweep may close in is left to the sweep: that holds it, and tells people so once. */
async function handOnAll({ open, groups }: ScheduledRun, { region }: AccountRegion, cell: ConfigCell): Promise<void> {
  const closing = open.filter(({ mode }) => mode === 'enforce').length;
  const isOver = exceedsSweepShare(closing, groups, cell.policy.budget);
  if (open.length > 0 && !isOver) await cell.ports.reexamine.requestEvaluation(idsOf(open), region);
}

/** Part by part, so that an account of tens of thousands of groups fits; what was unread is told in the end. */
async function assessAll(
  occasion: AccountRegion & { readonly at: number },
  request: ConfigRequest,
  cell: ConfigCell,
): Promise<readonly Evaluation[]> {
  const told: Evaluation[] = [];
  const open: Assessed[] = [];
  let groups = 0;
  const unread: Error[] = [];
  const needs = needsUnder(policyOfFamily(cell.policy, request.parameters));
  for await (const sight of cell.ports.everyGroup(occasion.region, needs)) {
    unread.push(...sight.unread);
    const assessed = await assessPart(sight, occasion, request, cell);
    groups += assessed.length;
    open.push(...assessed.filter(isToBeLookedAt));
    const certain = assessed.filter(
      ({ evaluation }) => sight.unread.length === 0 || evaluation.verdict === 'NON_COMPLIANT',
    );
    told.push(...(await put(certain, request, cell)));
  }
  await handOnAll({ open, groups }, occasion, cell);
  if (unread.length > 0) throw new Unfinished(unread);
  return told;
}

/**
 * Answers a call of AWS Config's: evaluates, tells, and hands what is open to whoever closes, in case no event told of it.
 *
 * @returns what AWS Config was told.
 * @throws InputInvalid for parameters that name no family or control, Unfinished where facts could not be read, CallFailed, EventUnreadable.
 */
export async function evaluate(request: ConfigRequest, cell: ConfigCell): Promise<readonly Evaluation[]> {
  const { invocation } = request;
  switch (invocation.kind) {
    case 'ignored':
      return [];
    case 'item':
      return await reportItem(await assessItem(invocation, request, cell), invocation, request, cell);
    case 'too-large': {
      const item = await cell.ports.compliance.itemAt(invocation.groupId, invocation.at);
      return await reportItem(await assessItem(item, request, cell), invocation, request, cell);
    }
    case 'scheduled':
      return await assessAll(invocation, request, cell);
    default:
      return invocation satisfies never;
  }
}
