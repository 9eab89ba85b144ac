import { canaryGroup, isCanaryGroup, isMarkedFor, isMarker, markerPut, putAt } from '../../domain/canary.ts';
import { DEFAULT_CELL } from '../../domain/cell-name.ts';
import type { Mode } from '../../domain/controls/mode.ts';
import type { Policy } from '../../domain/controls/policy.ts';
import { CallFailed, Unfinished } from '../../domain/errors.ts';
import type { Exemption } from '../../domain/exemption.ts';
import type { Group } from '../../domain/group.ts';
import type { Sighting } from '../../domain/ports.ts';
import type { CommandResult } from '../../domain/requests/command.ts';
import type { Rule } from '../../domain/rule.ts';
import { exemptionsAt } from '../../policy/exempt.ts';
import { decide } from '../../remediation/decide/decide.ts';
import type { GrantCell } from '../common/cell.ts';
import { refuse } from '../common/refuse.ts';

const skipped = (...because: readonly string[]): CommandResult => ({ kind: 'canary-skipped', because });

/** The group of this cell's canary, as it is made. */
const ownGroup = ({ policy: { cell = DEFAULT_CELL } }: GrantCell) => canaryGroup(cell);

/** The canary's group as it is, the first by id if several VPCs have one. Throws CallFailed, Unfinished. */
const find = async (region: string, cell: GrantCell): Promise<Sighting | undefined> => {
  const { ports, policy } = cell;
  const scope = { by: 'group-name', names: [ownGroup(cell).name] } as const;
  const sight = await ports.region(region).groups.look(scope, new Set(['attachments']));
  if (sight.unread.length > 0) throw new Unfinished(sight.unread);
  return sight.sightings
    .filter(({ group }) => isCanaryGroup(group) && isMarkedFor(group, policy.cell))
    .toSorted((a, b) => (a.group.id < b.group.id ? -1 : 1))[0];
};

/** What a closing depends on besides the policy's controls. Exemptions do not hold back the canary, but its group is judged with them. */
interface Leave {
  readonly exemptions: readonly Exemption[];
  readonly ceiling: Mode;
  readonly now: number;
}

const leaveFor = async (found: Sighting | undefined, { policy, ports }: GrantCell): Promise<Leave> => {
  const [ceiling, given] = await Promise.all([
    ports.switch.ceiling(),
    ports.exemptions.live(found === undefined ? [] : [found.group.id]),
  ]);
  const now = ports.clock.now();
  return { exemptions: exemptionsAt(now, policy, given), ceiling, now };
};

/** Why a marker in this group would not be closed as soon as its event comes; none where it would. */
const heldBack = (group: Group, { ceiling, now, exemptions }: Leave, policy: Policy): readonly string[] => {
  const marker: Rule = { ...markerPut(now), groupId: group.id };
  const occasion = { trigger: 'rules-added', brought: { kind: 'everything' }, exemptions, now } as const;
  const decisions = decide({ group: { ...group, rules: [marker] }, facts: {} }, occasion, policy, ceiling);
  const decision = decisions.find(({ rules }) => rules.includes(marker));
  if (decision === undefined) return ['the policy has the canary off'];
  return decision.mode === 'enforce'
    ? []
    : [`it goes no further than ${decision.mode}`, ...decision.limits.map(({ reason }) => reason)];
};

/** What makes a group unfit to be put anything into; none where it is as it was made. */
const unfitBecause = ({ group, facts: { attachments = [] } }: Sighting): readonly string[] => {
  const others = group.rules.filter((rule) => !isMarker(rule)).length;
  const wayOut = 'clear it, or delete it, and another is made';
  return [
    ...(attachments.length > 0
      ? [`${group.id} is on ${attachments.length} network interfaces, so nothing is put into it: ${wayOut}`]
      : []),
    ...(others > 0 ? [`${group.id} has ${others} rules that are not the canary's marker: ${wayOut}`] : []),
  ];
};

/** Makes the group, or ends what an earlier try had begun. Throws CallFailed. */
const made = async (vpcId: string, region: string, cell: GrantCell): Promise<string | CallFailed> => {
  try {
    return await cell.ports.region(region).grants.createGroup({ ...ownGroup(cell), vpcId });
  } catch (error) {
    if (error instanceof CallFailed && error.code === 'InvalidGroup.Duplicate' && !error.retryable) return error;
    throw error;
  }
};

const put = async (groupId: string, region: string, { ports }: GrantCell): Promise<CommandResult> => {
  const at = ports.clock.now();
  const rules = [{ ...markerPut(at), groupId }];
  await ports.region(region).grants.authorize({ do: 'authorize', groupId, direction: 'ingress', rules });
  return { kind: 'canary-put', groupId, at };
};

const intoNew = async (region: string, cell: GrantCell): Promise<CommandResult> => {
  const vpcId = await cell.ports.region(region).vpcs.home();
  if (vpcId === undefined) return skipped(`${region} has no VPC, so there is nothing to guard`);
  const groupId = await made(vpcId, region, cell);
  if (typeof groupId === 'string') return await put(groupId, region, cell);
  return refuse(
    `${vpcId} has a group ${ownGroup(cell).name} that the cell has not made: rename or delete it, and another is made`,
  );
};

const intoKnown = async (found: Sighting, region: string, cell: GrantCell): Promise<CommandResult> => {
  const { id: groupId, rules } = found.group;
  const problems = unfitBecause(found);
  if (problems.length > 0) return refuse(...problems);
  const standing = rules.find(isMarker);
  if (standing === undefined) return await put(groupId, region, cell);
  const since = putAt(standing);
  return { kind: 'canary-stands', groupId, ...(since !== undefined && { since }) };
};

/** The canary's group as it should be: what a making that broke off has left in it is taken out. Throws CallFailed, Unfinished. */
const cleared = async (found: Sighting, region: string, cell: GrantCell): Promise<Sighting | undefined> => {
  const { vpcId } = found.group;
  if (unfitBecause(found).length === 0 || vpcId === undefined) return found;
  await made(vpcId, region, cell);
  return await find(region, cell);
};

/**
 * Puts the canary's marker into its group, which is made where there is none, and found again by its name and tag. Nothing is put while the
 * last marker stands, where it would not be closed, or into a group that is in use, has other rules, or tags that hold its closing back:
 * anybody could have set these, so that is refused, and no silence that somebody has asked for. When it was put, its description
 * says. Twice is once: the second finds it standing, or closed.
 *
 * @throws CallFailed, Unfinished: ask again.
 */
export const canary = async (region: string, cell: GrantCell): Promise<CommandResult> => {
  const found = await find(region, cell);
  const leave = await leaveFor(found, cell);
  const asMade: Group = { id: '', ...found?.group, ...ownGroup(cell), rules: [] };
  const because = heldBack(asMade, leave, cell.policy);
  if (because.length > 0) return skipped(...because);
  const changed = found === undefined ? [] : heldBack(found.group, leave, cell.policy);
  if (changed.length > 0) return refuse(`the tags of ${asMade.id} hold its closing back: take them off`, ...changed);
  const known = found && (await cleared(found, region, cell));
  return known === undefined ? await intoNew(region, cell) : await intoKnown(known, region, cell);
};
