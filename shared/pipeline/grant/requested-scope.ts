import { CONTROLS } from '../../controls/registry.ts';
import { contentKey } from '../../exposure/rule-key.ts';
import type { Scope } from '../../model/change.ts';
import type { RequestedScope } from '../../model/command.ts';
import type { ExemptionScope } from '../../model/exemption.ts';
import type { Group } from '../../model/group.ts';
import type { GrantCell } from './cell.ts';

/** A scope as the ledger has it, and the group that it is about, where it is about one; or what is wrong with it. */
export type Resolved =
  | { readonly kind: 'resolved'; readonly scope: ExemptionScope; readonly group?: Group }
  | { readonly kind: 'wrong'; readonly because: readonly string[] };

const wrong = (...because: readonly string[]): Resolved => ({ kind: 'wrong', because });

/** What is wrong with a scope as it is written. */
const scopeProblems = ({ groupId, ruleId, ports, control }: RequestedScope): readonly string[] => {
  const isEmpty = [groupId, ruleId, ports, control].every((part) => part === undefined);
  const isPortless = ports !== undefined && ports.tcp.length + ports.udp.length === 0;
  const isUnknown = control !== undefined && !CONTROLS.some(({ id }) => id === control);
  return [
    ...(isEmpty ? ['an exemption names at least one of: a group, a rule, ports, a control'] : []),
    ...(isPortless ? ['no port is named: give at least one, such as tcp/22'] : []),
    ...(isUnknown ? [`${JSON.stringify(control)} is not a control`] : []),
  ];
};

const placeOf = ({ groupId, ruleId }: RequestedScope): Scope | undefined => {
  if (ruleId !== undefined) return { by: 'rule-id', ids: [ruleId] };
  return groupId === undefined ? undefined : { by: 'group-id', ids: [groupId] };
};

const inGroup = ({ ruleId, groupId, ...rest }: RequestedScope, group: Group): Resolved => {
  if (groupId !== undefined && groupId !== group.id)
    return wrong(`${ruleId} is a rule of ${group.id}, not of ${groupId}`);
  if (ruleId === undefined) return { kind: 'resolved', scope: { ...rest, groupId: group.id }, group };
  const rule = group.rules.find(({ id }) => id === ruleId);
  if (rule === undefined) return wrong(`${ruleId} is gone`);
  return { kind: 'resolved', scope: { ...rest, groupId: group.id, content: contentKey(rule) }, group };
};

/** The scope that a person names, with the present content in place of a rule's id, which survives a change of content. Throws CallFailed. */
export const resolveScope = async (scope: RequestedScope, region: string, { ports }: GrantCell): Promise<Resolved> => {
  const problems = scopeProblems(scope);
  if (problems.length > 0) return wrong(...problems);
  const place = placeOf(scope);
  if (place === undefined) return { kind: 'resolved', scope };
  const { sightings } = await ports.region(region).groups.look(place, new Set());
  const [sighting] = sightings;
  if (sighting === undefined)
    return wrong(`there is no ${scope.ruleId ?? scope.groupId} in ${region}: is it another region's?`);
  return inGroup(scope, sighting.group);
};
