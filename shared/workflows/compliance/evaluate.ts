import type { ConfigCell, ConfigRequest, Evaluation, RecordedGroup } from '../../domain/aws-config.ts';
import type { Need } from '../../domain/control.ts';
import type { Mode } from '../../domain/control-options.ts';
import type { GroupSnapshot, Snapshot } from '../../domain/ec2.ts';
import { Unfinished } from '../../domain/errors.ts';
import type { Exemption } from '../../domain/exemption.ts';
import type { AccountRegion, Group, Rule } from '../../domain/group.ts';
import type { Policy } from '../../domain/policy.ts';
import { exemptionsAt } from '../../policy/exemptions.ts';
import { exceedsSweepShare } from '../../policy/queries.ts';
import { enabledControls, mayOpenTogether, needsOf, notifies } from '../../remediation/decide/enabled-controls.ts';
import { foreignGroupReason, isOwnGroup, withoutForeignGroups } from '../../remediation/own-groups.ts';
import { settleAll } from '../../remediation/settle-all.ts';
import { annotationOf, type ComplianceCriteria, complianceOf, policyOfFamily } from './compliance.ts';

/** An evaluation, and how far the policy goes with its findings. */
interface Assessed {
  readonly evaluation: Evaluation;
  readonly mode: Mode;
}

/** Reachability only grades a severity and changes no result, so it is not read. */
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

function assessGroup(groupSnapshot: GroupSnapshot, at: number, criteria: ComplianceCriteria): Assessed {
  const { mode, ...said } = complianceOf(groupSnapshot, criteria);
  return { evaluation: { groupId: groupSnapshot.group.id, at, ...said }, mode };
}

function notApplicable(groupId: string, at: number, why: string): readonly Assessed[] {
  return [{ evaluation: { groupId, verdict: 'NOT_APPLICABLE', annotation: annotationOf(why), at }, mode: 'off' }];
}

function isUnresolved({ source }: Rule): boolean {
  return source.kind === 'prefix-list' && source.cidrs === undefined;
}

/**
 * The recorded group with the current entries of its prefix lists: AWS Config records only the ids of lists.
 */
function withLists(group: Group, snapshot: Snapshot): Group {
  const known = new Map(
    snapshot.groups.flatMap((one) =>
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
 * Evaluates a recorded group with current facts. Returns no result for a stale item (its group is gone, or no
 * longer names a list) whose newer item is on its way. Throws Unfinished if a fact could not be read.
 */
async function assessItem(item: RecordedGroup, request: ConfigRequest, cell: ConfigCell): Promise<readonly Assessed[]> {
  const { groupId, at, region, group } = item;
  if (group === undefined) return notApplicable(groupId, at, 'The group is deleted, not recorded, or out of scope.');
  if (!isOwnGroup(group, item)) {
    cell.leftOut([foreignGroupReason(group)]);
    return notApplicable(groupId, at, `The group belongs to account ${group.ownerId}.`);
  }
  const criteria = measureOf(cell, request, await cell.ports.exemptions.active([groupId]));
  const isAlone = !mayOpenTogether(criteria.policy)(group);
  const needs = needsUnder(criteria.policy).difference(new Set(isAlone ? ['neighbours'] : []));
  const isEnough = needs.size === 0 && !group.rules.some(isUnresolved);
  const snapshot = isEnough
    ? NOTHING_READ
    : await cell.ports.groups(region).fetchSnapshot({ by: 'group-id', ids: [groupId] }, needs);
  const facts = { ...snapshot.groups[0]?.facts, ...(isAlone && { neighbours: [] }) };
  const judged = withLists(group, snapshot);
  const assessed = assessGroup({ group: judged, facts }, at, criteria);
  if (assessed.evaluation.verdict === 'NON_COMPLIANT') return [assessed];
  if (snapshot.unread.length > 0) throw new Unfinished(snapshot.unread);
  if (!isEnough && snapshot.groups.length === 0) return notApplicable(groupId, at, 'The group is gone by now.');
  return judged.rules.some(isUnresolved) ? [] : [assessed];
}

/** Whether the policy goes further than `observe`. */
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

/**
 * Puts the result, and requests an evaluation by on-change for what is open. on-change finds nothing to do if
 * the event has arrived.
 */
async function reportItem(
  assessed: readonly Assessed[],
  place: AccountRegion,
  request: ConfigRequest,
  cell: ConfigCell,
): Promise<readonly Evaluation[]> {
  const open = idsOf(assessed.filter(isToBeLookedAt));
  const looking = open.length > 0 ? [cell.ports.reevaluation.requestEvaluation(open, place.region)] : [];
  const { outcomes, faults } = await settleAll([
    put(assessed, request, cell),
    ...looking.map(async (look) => await look.then(() => [])),
  ]);
  if (faults.length > 0) throw faults.length === 1 ? faults[0] : new Unfinished(faults);
  return outcomes.flat();
}

async function assessPart(
  snapshot: Snapshot,
  invocation: AccountRegion & { readonly at: number },
  request: ConfigRequest,
  cell: ConfigCell,
) {
  const { own, reasons } = withoutForeignGroups(snapshot, invocation);
  if (reasons.length > 0) cell.leftOut(reasons);
  const ids = own.groups.map(({ group }) => group.id);
  const criteria = measureOf(cell, request, await cell.ports.exemptions.active(ids));
  return own.groups.map((groupSnapshot) => assessGroup(groupSnapshot, invocation.at, criteria));
}

/** What a scheduled evaluation found open, of how many groups. */
interface ScheduledRun {
  readonly open: readonly Assessed[];
  readonly groups: number;
}

/**
 * Requests an evaluation by on-change, unless a sweep would hold so many groups: the sweep holds them and
 * notifies people once.
 */
async function handOnAll({ open, groups }: ScheduledRun, { region }: AccountRegion, cell: ConfigCell): Promise<void> {
  const closing = open.filter(({ mode }) => mode === 'enforce').length;
  const isOver = exceedsSweepShare(closing, groups, cell.policy.budget);
  if (open.length > 0 && !isOver) await cell.ports.reevaluation.requestEvaluation(idsOf(open), region);
}

/**
 * Evaluates all groups part by part, so that an account with tens of thousands of groups fits. Reports unread
 * facts at the end.
 */
async function assessAll(
  invocation: AccountRegion & { readonly at: number },
  request: ConfigRequest,
  cell: ConfigCell,
): Promise<readonly Evaluation[]> {
  const reported: Evaluation[] = [];
  const open: Assessed[] = [];
  let groups = 0;
  const unread: Error[] = [];
  const needs = needsUnder(policyOfFamily(cell.policy, request.parameters));
  for await (const snapshot of cell.ports.everyGroup(invocation.region, needs)) {
    unread.push(...snapshot.unread);
    const assessed = await assessPart(snapshot, invocation, request, cell);
    groups += assessed.length;
    open.push(...assessed.filter(isToBeLookedAt));
    const certain = assessed.filter(
      ({ evaluation }) => snapshot.unread.length === 0 || evaluation.verdict === 'NON_COMPLIANT',
    );
    reported.push(...(await put(certain, request, cell)));
  }
  await handOnAll({ open, groups }, invocation, cell);
  if (unread.length > 0) throw new Unfinished(unread);
  return reported;
}

/**
 * Evaluates an invocation by AWS Config, puts the results, and requests an evaluation by on-change for what
 * is open.
 *
 * @returns the results that AWS Config was given.
 * @throws InputInvalid for an unknown family or control. Unfinished if facts could not be read. CallFailed,
 * EventUnreadable.
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
