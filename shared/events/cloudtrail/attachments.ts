import type { Scope } from '../../domain/change.ts';
import { EventUnreadable } from '../../domain/errors.ts';
import { groupIdOf, interfaceIdOf } from '../ids.ts';
import { asFields, type Fields, field, isFields, listField, textField } from '../json.ts';
import { type EventSubject, partOf, type TrailRecord, wrappedPart } from './record.ts';

/** Names by which the services call a group's id where a list of groups holds objects. */
const ID_NAMES = ['groupId', 'vpcSecurityGroupId', 'securityGroupId'];

function idIn(item: unknown): string | undefined {
  const fields = asFields(item);
  if (fields === undefined) return groupIdOf(item);
  return ID_NAMES.map((name) => groupIdOf(field(fields, name))).find((id) => id !== undefined);
}

/** Ids in a list of groups: plain texts, or objects. */
function groupIdsIn(fields: Fields, name: string): readonly string[] {
  return listField(fields, name).flatMap((item) => idIn(item) ?? []);
}

/** Names in a list of groups, for those of them that have no id. */
function groupNamesIn(fields: Fields, name: string): readonly string[] {
  return listField(fields, name)
    .filter(isFields)
    .flatMap((item) => (idIn(item) === undefined ? (textField(item, 'groupName') ?? []) : []));
}

/** What a part of an event tells of attached groups. */
interface AttachedGroups {
  readonly groupIds: readonly string[];
  readonly names: readonly string[];
  readonly interfaceIds: readonly string[];
}

/** What several parts tell. */
function mergeAttached(parts: readonly AttachedGroups[]): AttachedGroups {
  return {
    groupIds: parts.flatMap(({ groupIds }) => groupIds),
    names: parts.flatMap(({ names }) => names),
    interfaceIds: parts.flatMap(({ interfaceIds }) => interfaceIds),
  };
}

function ownGroups(fields: Fields): AttachedGroups {
  return {
    groupIds: groupIdsIn(fields, 'groupSet'),
    names: groupNamesIn(fields, 'groupSet'),
    interfaceIds: [interfaceIdOf(field(fields, 'networkInterfaceId'))].filter((id) => id !== undefined),
  };
}

/** What EC2 writes of an interface or an instance: its `groupSet`, its own id, and the same of each in its `networkInterfaceSet`. */
function attachedGroupsIn(fields: Fields): AttachedGroups {
  return mergeAttached([
    ownGroups(fields),
    ...listField(fields, 'networkInterfaceSet').filter(isFields).map(ownGroups),
  ]);
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}

/** Ids of groups say the most; names may stand for groups of several VPCs; an interface has to be looked up. */
function scopeOfAttached({ groupIds, names, interfaceIds }: AttachedGroups): Scope | undefined {
  if (groupIds.length > 0) return { by: 'group-id', ids: unique(groupIds) };
  if (names.length > 0) return { by: 'group-name', names: unique(names) };
  return interfaceIds.length > 0 ? { by: 'interface', ids: unique(interfaceIds) } : undefined;
}

/**
 * The groups told, with nothing that counts as brought: an attachment puts no rule into a group. Undefined where the call told none,
 * which is how a call says that it changed something else.
 *
 * @throws EventUnreadable where CloudTrail left out the request, so that nobody knows whether it named any.
 */
function attachment(record: TrailRecord, told: AttachedGroups): EventSubject | undefined {
  const scope = scopeOfAttached(told);
  if (scope !== undefined) return { scope, added: { kind: 'unknown' } };
  if (Object.keys(partOf(record, 'requestParameters')).length > 0) return undefined;
  throw new EventUnreadable(`${record.prefix}requestParameters`, 'the security groups that were attached');
}

function byIds(groupIds: readonly string[]): AttachedGroups {
  return { groupIds, names: [], interfaceIds: [] };
}

/** The groups of each instance as they came to be: from the request, a launch template, or by default. */
function instancesIn(response: Fields): AttachedGroups {
  return mergeAttached([
    attachedGroupsIn(response),
    ...listField(response, 'instancesSet').filter(isFields).map(attachedGroupsIn),
  ]);
}

/**
 * Reads RunInstances: the groups of the request, of its interfaces, and of the instances in the response.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
 * @throws EventUnreadable as all readers of this file, where request and response were left out.
 */
export function readRunInstances(record: TrailRecord): EventSubject | undefined {
  return attachment(
    record,
    mergeAttached([
      attachedGroupsIn(partOf(record, 'requestParameters')),
      instancesIn(partOf(record, 'responseElements')),
    ]),
  );
}

/** Reads CreateNetworkInterface: an empty `groupSet` in the request means the default group, which the response names. */
export function readInterfaceCreated(record: TrailRecord): EventSubject | undefined {
  const created = asFields(field(partOf(record, 'responseElements'), 'networkInterface')) ?? {};
  return attachment(
    record,
    mergeAttached([attachedGroupsIn(partOf(record, 'requestParameters')), attachedGroupsIn(created)]),
  );
}

/** Reads ModifyNetworkInterfaceAttribute and ModifyInstanceAttribute: of any groups only where the request names them. */
export function readAttribute(record: TrailRecord): EventSubject | undefined {
  const told = attachedGroupsIn(partOf(record, 'requestParameters'));
  return attachment(record, { ...told, interfaceIds: [] });
}

/** Reads AssociateSecurityGroupVpc: the group may be used in one more VPC from now on. */
export function readAssociated(record: TrailRecord): EventSubject | undefined {
  const request = wrappedPart(record, 'requestParameters', 'AssociateSecurityGroupVpcRequest');
  const id = groupIdOf(field(request, 'groupid'));
  return attachment(record, byIds(id === undefined ? [] : [id]));
}

/** Where RDS and ElastiCache name groups, in requests and in responses. */
const GROUP_LISTS = ['vpcSecurityGroupIds', 'vpcSecurityGroups', 'securityGroupIds', 'securityGroups'];

function listedIn(fields: Fields): readonly string[] {
  return GROUP_LISTS.flatMap((name) => groupIdsIn(fields, name));
}

function answeredIn(response: Fields): readonly string[] {
  return [...listedIn(response), ...listedIn(asFields(field(response, 'serverlessCache')) ?? {})];
}

/**
 * Reads RDS's and ElastiCache's calls that make something: where the request names no groups it gets the default group, or those of
 * what it is restored from, and the response says which.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
 */
export function readDatabaseCreated(record: TrailRecord): EventSubject | undefined {
  const asked = listedIn(partOf(record, 'requestParameters'));
  return attachment(record, byIds(asked.length > 0 ? asked : answeredIn(partOf(record, 'responseElements'))));
}

/** Reads their calls that change something: the response always lists the groups, so only the request tells whether they are meant. */
export function readDatabaseModified(record: TrailRecord): EventSubject | undefined {
  const request = partOf(record, 'requestParameters');
  return Object.keys(request).length > 0 ? attachment(record, byIds(listedIn(request))) : readDatabaseCreated(record);
}
