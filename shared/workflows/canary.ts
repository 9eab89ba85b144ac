import { canaryGroup, closesMarkerIn, isCanaryGroup, isMarker, markerCreatedAt, markerRule } from '../domain/canary.ts';
import type { CommandResult } from '../domain/command.ts';
import type { Mode } from '../domain/control-options.ts';
import type { GroupSnapshot } from '../domain/ec2.ts';
import { CallFailed, Unfinished } from '../domain/errors.ts';
import type { Exemption } from '../domain/exemption.ts';
import type { Group, Rule } from '../domain/group.ts';
import { DEFAULT_CELL, type Policy } from '../domain/policy.ts';
import { exemptionsAt } from '../policy/exemptions.ts';
import { decisionsFor } from '../remediation/decide/decide-group.ts';
import type { GrantCell } from './common/cell.ts';
import { refuse } from './common/refuse.ts';

function skipped(...because: readonly string[]): CommandResult {
  return { kind: 'canary-skipped', because };
}

/** The group of this cell's canary, as it is created. */
function ownGroup({ policy: { cell = DEFAULT_CELL } }: GrantCell) {
  return canaryGroup(cell);
}

/** The canary's group, the first by id if several VPCs have one. Throws CallFailed, Unfinished. */
async function find(region: string, cell: GrantCell): Promise<GroupSnapshot | undefined> {
  const { ports, policy } = cell;
  const scope = { by: 'group-name', names: [ownGroup(cell).name] } as const;
  const sight = await ports.region(region).groups.fetchSnapshot(scope, new Set(['attachments']));
  if (sight.unread.length > 0) throw new Unfinished(sight.unread);
  return sight.groups
    .filter(({ group }) => isCanaryGroup(group) && closesMarkerIn(group, policy.cell))
    .toSorted((a, b) => (a.group.id < b.group.id ? -1 : 1))[0];
}

/**
 * What the removal of the marker depends on besides the policy's controls. Exemptions do not apply to the
 * canary.
 */
interface CanaryLimits {
  readonly exemptions: readonly Exemption[];
  readonly ceiling: Mode;
  readonly now: number;
}

async function limitsFor(found: GroupSnapshot | undefined, { policy, ports }: GrantCell): Promise<CanaryLimits> {
  const [ceiling, given] = await Promise.all([
    ports.runtimeSwitch.ceiling(),
    ports.exemptions.active(found === undefined ? [] : [found.group.id]),
  ]);
  const now = ports.clock.now();
  return { exemptions: exemptionsAt(now, policy, given), ceiling, now };
}

/** Why the marker would not be removed as soon as its event arrives; empty if it would. */
function heldBack(group: Group, { ceiling, now, exemptions }: CanaryLimits, policy: Policy): readonly string[] {
  const marker: Rule = { ...markerRule(now), groupId: group.id };
  const occasion = { trigger: 'rules-added', added: { kind: 'everything' }, exemptions, now } as const;
  const decisions = decisionsFor({ group: { ...group, rules: [marker] }, facts: {} }, occasion, policy, ceiling);
  const decision = decisions.find(({ rules }) => rules.includes(marker));
  if (decision === undefined) return ['the policy has the canary off'];
  return decision.mode === 'enforce'
    ? []
    : [`the mode of the canary is limited to ${decision.mode}`, ...decision.limits.map(({ reason }) => reason)];
}

/** What makes a group unfit for the marker; empty if it is as created. */
function unfitBecause({ group, facts: { attachments = [] } }: GroupSnapshot): readonly string[] {
  const others = group.rules.filter((rule) => !isMarker(rule)).length;
  const wayOut = 'clear it, or delete it, and another is made';
  return [
    ...(attachments.length > 0
      ? [`${group.id} is on ${attachments.length} network interfaces, so nothing is put into it: ${wayOut}`]
      : []),
    ...(others > 0 ? [`${group.id} has ${others} rules that are not the canary's marker: ${wayOut}`] : []),
  ];
}

/** Creates the group, or finishes an earlier attempt. Throws CallFailed. */
async function makeGroup(vpcId: string, region: string, cell: GrantCell): Promise<string | CallFailed> {
  try {
    return await cell.ports.region(region).grants.createGroup({ ...ownGroup(cell), vpcId });
  } catch (error) {
    if (error instanceof CallFailed && error.code === 'InvalidGroup.Duplicate' && !error.retryable) return error;
    throw error;
  }
}

async function putMarker(groupId: string, region: string, { ports }: GrantCell): Promise<CommandResult> {
  const at = ports.clock.now();
  const rules = [{ ...markerRule(at), groupId }];
  await ports.region(region).grants.authorize({ do: 'authorize', groupId, direction: 'ingress', rules });
  return { kind: 'canary-put', groupId, at };
}

async function intoNew(region: string, cell: GrantCell): Promise<CommandResult> {
  const vpcId = await cell.ports.region(region).vpcs.defaultVpcId();
  if (vpcId === undefined) return skipped(`${region} has no VPC, so there is no group to add the marker to`);
  const groupId = await makeGroup(vpcId, region, cell);
  if (typeof groupId === 'string') return await putMarker(groupId, region, cell);
  return refuse(
    `${vpcId} has a group ${ownGroup(cell).name} that the cell has not made: rename or delete it, and another is made`,
  );
}

async function intoKnown(found: GroupSnapshot, region: string, cell: GrantCell): Promise<CommandResult> {
  const { id, rules } = found.group;
  const problems = unfitBecause(found);
  if (problems.length > 0) return refuse(...problems);
  const standing = rules.find(isMarker);
  if (standing === undefined) return await putMarker(id, region, cell);
  const since = markerCreatedAt(standing);
  return { kind: 'canary-stands', groupId: id, ...(since !== undefined && { since }) };
}

/** The canary's group after an unfinished creation was finished. Throws CallFailed, Unfinished. */
async function cleared(found: GroupSnapshot, region: string, cell: GrantCell): Promise<GroupSnapshot | undefined> {
  const { vpcId } = found.group;
  if (unfitBecause(found).length === 0 || vpcId === undefined) return found;
  await makeGroup(vpcId, region, cell);
  return await find(region, cell);
}

/**
 * Adds the canary's marker to its group. Finds the group by its name and tag, and creates it if there is
 * none. Skips the marker if the last one is still there or would not be removed. Refuses a group that is
 * attached, has other rules, or has tags that limit its mode, because anybody could have set these to silence
 * the canary. The description of the marker has its time. Repeating this adds no second marker.
 *
 * @throws CallFailed, Unfinished: ask again.
 */
export async function putCanary(region: string, cell: GrantCell): Promise<CommandResult> {
  const found = await find(region, cell);
  const limits = await limitsFor(found, cell);
  const asMade: Group = { id: '', ...found?.group, ...ownGroup(cell), rules: [] };
  const because = heldBack(asMade, limits, cell.policy);
  if (because.length > 0) return skipped(...because);
  const changed = found === undefined ? [] : heldBack(found.group, limits, cell.policy);
  if (changed.length > 0)
    return refuse(`the tags of ${asMade.id} limit its mode, so the marker would stay: remove these tags`, ...changed);
  const known = found && (await cleared(found, region, cell));
  return known === undefined ? await intoNew(region, cell) : await intoKnown(known, region, cell);
}
