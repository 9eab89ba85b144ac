import { CONTROLS } from '../../controls/registry.ts';
import { CANARY_CONTROL } from '../../domain/canary.ts';
import type { Scope } from '../../domain/change.ts';
import { type ExemptionScope, MOST_PORT_RANGES } from '../../domain/exemption.ts';
import type { Group } from '../../domain/group.ts';
import type { RequestedScope } from '../../domain/requests/command.ts';
import { joinPorts } from '../../network/ports.ts';
import { contentKey } from '../../network/rule-key.ts';
import { clipped } from '../../network/text/clipped.ts';
import type { GrantCell } from '../common/cell.ts';
import { MOST_SHOWN } from '../common/refuse.ts';

/** A scope as the ledger has it, and the group that it is about, where it is about one; or what is wrong with it. */
export type Resolved =
  | { readonly kind: 'resolved'; readonly scope: ExemptionScope; readonly group?: Group }
  | { readonly kind: 'wrong'; readonly because: readonly string[] };

const wrong = (...because: readonly string[]): Resolved => ({ kind: 'wrong', because });

const NOTHING = 'an exemption names at least one of: a group, a rule, ports, a control';

const placeProblems = ({ groupId, ruleId, allGroups, ports, control }: RequestedScope): readonly string[] => {
  if ([groupId, ruleId, ports, control].every((part) => part === undefined)) return [NOTHING];
  const isPlaced = groupId !== undefined || ruleId !== undefined;
  if (!isPlaced && allGroups === undefined)
    return ['without a group or a rule it would be an exemption of every group: name one, or say --all-groups'];
  return isPlaced && allGroups === true ? ['it names a group or a rule, and every group: say one of them'] : [];
};

const portProblems = ({ ports }: RequestedScope): readonly string[] => {
  if (ports === undefined) return [];
  const ranges = ports.tcp.length + ports.udp.length;
  if (ranges === 0) return ['no port is named: give at least one, such as tcp/22'];
  return ranges > MOST_PORT_RANGES
    ? [
        `${ranges} separate ranges of ports: an exemption has ${MOST_PORT_RANGES} at most; name wider ranges or a control`,
      ]
    : [];
};

const controlProblems = ({ control }: RequestedScope): readonly string[] => {
  if (control === CANARY_CONTROL)
    return ['the canary is never exempt: to switch it off, write `canary: off` in the policy'];
  return control === undefined || CONTROLS.some(({ id }) => id === control)
    ? []
    : [`${clipped(JSON.stringify(control), MOST_SHOWN)} is not a control`];
};

/** What is wrong with a scope as it is written. */
const scopeProblems = (scope: RequestedScope): readonly string[] => [
  ...placeProblems(scope),
  ...portProblems(scope),
  ...controlProblems(scope),
];

const placeOf = ({ groupId, ruleId }: RequestedScope): Scope | undefined => {
  if (ruleId !== undefined) return { by: 'rule-id', ids: [ruleId] };
  return groupId === undefined ? undefined : { by: 'group-id', ids: [groupId] };
};

const inGroup = (requested: RequestedScope, group: Group): Resolved => {
  const { ruleId, groupId, allGroups: _, ...rest } = requested;
  if (groupId !== undefined && groupId !== group.id)
    return wrong(`${ruleId} is a rule of ${group.id}, not of ${groupId}`);
  if (ruleId === undefined) return { kind: 'resolved', scope: { ...rest, groupId: group.id }, group };
  const rule = group.rules.find(({ id }) => id === ruleId);
  if (rule === undefined) return wrong(`${ruleId} is gone`);
  return { kind: 'resolved', scope: { ...rest, groupId: group.id, content: contentKey(rule) }, group };
};

/**
 * The scope that a person names, with joined and sorted ports, and with the present content in place of a rule's id, which survives a
 * change of content. Throws CallFailed.
 */
export const resolveScope = async (
  requested: RequestedScope,
  region: string,
  { ports }: GrantCell,
): Promise<Resolved> => {
  const scope = { ...requested, ...(requested.ports && { ports: joinPorts([requested.ports]) }) };
  const problems = scopeProblems(scope);
  if (problems.length > 0) return wrong(...problems);
  const place = placeOf(scope);
  if (place === undefined) {
    const { allGroups: _, ...everywhere } = scope;
    return { kind: 'resolved', scope: everywhere };
  }
  const { sightings } = await ports.region(region).groups.look(place, new Set());
  const [sighting] = sightings;
  if (sighting === undefined)
    return wrong(`there is no ${scope.ruleId ?? scope.groupId} in ${region}: is it another region's?`);
  return inGroup(scope, sighting.group);
};
