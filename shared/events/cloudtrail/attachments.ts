import type { Scope } from '../../domain/change.ts';
import { EventUnreadable } from '../../domain/errors.ts';
import { groupIdOf, interfaceIdOf } from '../ids.ts';
import { asFields, type Fields, field, isFields, listField, textField } from '../json.ts';
import { type EventSubject, partOf, type TrailRecord, wrappedPart } from './record.ts';

/**
 * Reads RunInstances: the groups of the request, of its interfaces, and of the instances in the response.
 * Instances may get their groups from the request, from a launch template or by default.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
 * @throws EventUnreadable if CloudTrail omitted the request and the response. All functions of this file
 * throw it.
 */
export function readRunInstances(record: TrailRecord): EventSubject | undefined {
  const response = partOf(record, 'responseElements');
  return attachment(record, [
    ...attachedIn(partOf(record, 'requestParameters')),
    ...attachedIn(response),
    ...listField(response, 'instancesSet').filter(isFields).flatMap(attachedIn),
  ]);
}

/** Reads CreateNetworkInterface. Only the response names the default group of an empty `groupSet`. */
export function readInterfaceCreated(record: TrailRecord): EventSubject | undefined {
  const created = asFields(field(partOf(record, 'responseElements'), 'networkInterface')) ?? {};
  return attachment(record, [...attachedIn(partOf(record, 'requestParameters')), ...attachedIn(created)]);
}

/** Reads ModifyNetworkInterfaceAttribute and ModifyInstanceAttribute, which may change other attributes. */
export function readAttributeModified(record: TrailRecord): EventSubject | undefined {
  const attached = attachedIn(partOf(record, 'requestParameters'));
  return attachment(
    record,
    attached.filter(({ by }) => by !== 'interface'),
  );
}

/** Reads AssociateSecurityGroupVpc, which makes the group available in another VPC. */
export function readVpcAssociated(record: TrailRecord): EventSubject | undefined {
  const request = wrappedPart(record, 'requestParameters', 'AssociateSecurityGroupVpcRequest');
  return attachment(record, attachedBy('group-id', [groupIdOf(field(request, 'groupid'))]));
}

/**
 * Reads a call of RDS or ElastiCache that creates a resource. If the request names no groups, the resource
 * gets the default group or the groups of the resource that it is restored from. The response names them.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
 */
export function readDatabaseCreated(record: TrailRecord): EventSubject | undefined {
  const requested = databaseGroups(partOf(record, 'requestParameters'));
  if (requested.length > 0) return attachment(record, requested);
  const response = partOf(record, 'responseElements');
  const serverlessCache = asFields(field(response, 'serverlessCache')) ?? {};
  return attachment(record, [...databaseGroups(response), ...databaseGroups(serverlessCache)]);
}

/**
 * Reads a call of RDS or ElastiCache that modifies a resource. The response always lists the groups, so only
 * the request shows whether the call changes them.
 */
export function readDatabaseModified(record: TrailRecord): EventSubject | undefined {
  const request = partOf(record, 'requestParameters');
  return Object.keys(request).length > 0 ? attachment(record, databaseGroups(request)) : readDatabaseCreated(record);
}

/** One group that an event names, or the interface that has it. */
interface Attached {
  readonly by: 'group-id' | 'group-name' | 'interface';
  readonly id: string;
}

/** An attachment adds no rule. Returns undefined if the call names no group: it changed something else. */
function attachment(record: TrailRecord, attached: readonly Attached[]): EventSubject | undefined {
  const scope = scopeOf(attached);
  if (scope !== undefined) return { scope, added: { kind: 'unknown' } };
  if (Object.keys(partOf(record, 'requestParameters')).length > 0) return undefined;
  throw new EventUnreadable(`${record.prefix}requestParameters`, 'the security groups that were attached');
}

/** Prefers group ids. Groups of several VPCs may share a name, and an interface needs a lookup. */
function scopeOf(attached: readonly Attached[]): Scope | undefined {
  const ids = (wanted: Attached['by']) => [...new Set(attached.flatMap(({ by, id }) => (by === wanted ? [id] : [])))];
  const [groupIds, names, interfaceIds] = [ids('group-id'), ids('group-name'), ids('interface')];
  if (groupIds.length > 0) return { by: 'group-id', ids: groupIds };
  if (names.length > 0) return { by: 'group-name', names };
  return interfaceIds.length > 0 ? { by: 'interface', ids: interfaceIds } : undefined;
}

/** The groups of an interface or instance, and of its `networkInterfaceSet`. */
function attachedIn(fields: Fields): readonly Attached[] {
  return [fields, ...listField(fields, 'networkInterfaceSet').filter(isFields)].flatMap((part) => {
    const groups = listField(part, 'groupSet');
    const unidentified = groups.filter(isFields).filter((group) => idIn(group) === undefined);
    return [
      ...attachedBy('group-id', groups.map(idIn)),
      ...attachedBy(
        'group-name',
        unidentified.map((group) => textField(group, 'groupName')),
      ),
      ...attachedBy('interface', [interfaceIdOf(field(part, 'networkInterfaceId'))]),
    ];
  });
}

function attachedBy(by: Attached['by'], ids: readonly (string | undefined)[]): readonly Attached[] {
  return ids.flatMap((id) => (id === undefined ? [] : [{ by, id }]));
}

/** Lists of groups in the requests and responses of RDS and ElastiCache. */
const GROUP_LISTS = ['vpcSecurityGroupIds', 'vpcSecurityGroups', 'securityGroupIds', 'securityGroups'];

function databaseGroups(fields: Fields): readonly Attached[] {
  return attachedBy(
    'group-id',
    GROUP_LISTS.flatMap((name) => listField(fields, name).map(idIn)),
  );
}

/** Names of the field with a group's id. A list of groups may also hold the ids as plain texts. */
const ID_NAMES = ['groupId', 'vpcSecurityGroupId', 'securityGroupId'];

function idIn(item: unknown): string | undefined {
  const fields = asFields(item);
  if (fields === undefined) return groupIdOf(item);
  return ID_NAMES.map((name) => groupIdOf(field(fields, name))).find((id) => id !== undefined);
}
