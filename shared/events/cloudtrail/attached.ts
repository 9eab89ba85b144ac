import type { Scope } from '../../domain/change.ts';
import { EventUnreadable } from '../../domain/errors.ts';
import type { EventSubject } from '../event-subject.ts';
import { asFields, type Fields, field, isFields, listField } from '../fields.ts';
import { groupIdOf } from '../ids.ts';
import { attachedTo, groupIdsIn, type ToldGroups, together } from './attached-groups.ts';
import { partOf, type TrailRecord } from './record.ts';
import { wrappedPart } from './wrapped.ts';

const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)];

/** Ids of groups say the most; names may stand for groups of several VPCs; an interface has to be looked up. */
const scopeOf = ({ groupIds, names, interfaceIds }: ToldGroups): Scope | undefined => {
  if (groupIds.length > 0) return { by: 'group-id', ids: unique(groupIds) };
  if (names.length > 0) return { by: 'group-name', names: unique(names) };
  return interfaceIds.length > 0 ? { by: 'interface', ids: unique(interfaceIds) } : undefined;
};

/**
 * The groups told, with nothing that counts as brought: an attachment puts no rule into a group. Undefined where the call told none,
 * which is how a call says that it changed something else.
 *
 * @throws EventUnreadable where CloudTrail left out the request, so that nobody knows whether it named any.
 */
const attachment = (record: TrailRecord, told: ToldGroups): EventSubject | undefined => {
  const scope = scopeOf(told);
  if (scope !== undefined) return { scope, brought: { kind: 'unknown' } };
  if (Object.keys(partOf(record, 'requestParameters')).length > 0) return undefined;
  throw new EventUnreadable(`${record.prefix}requestParameters`, 'the security groups that were attached');
};

const byIds = (groupIds: readonly string[]): ToldGroups => ({ groupIds, names: [], interfaceIds: [] });

/** The groups of each instance as they came to be: from the request, a launch template, or by default. */
const instancesIn = (response: Fields): ToldGroups =>
  together([attachedTo(response), ...listField(response, 'instancesSet').filter(isFields).map(attachedTo)]);

/**
 * Reads RunInstances: the groups of the request, of its interfaces, and of the instances in the response.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
 * @throws EventUnreadable as all readers of this file, where request and response were left out.
 */
export const readRunInstances = (record: TrailRecord): EventSubject | undefined =>
  attachment(
    record,
    together([attachedTo(partOf(record, 'requestParameters')), instancesIn(partOf(record, 'responseElements'))]),
  );

/** Reads CreateNetworkInterface: an empty `groupSet` in the request means the default group, which the response names. */
export const readInterfaceCreated = (record: TrailRecord): EventSubject | undefined => {
  const created = asFields(field(partOf(record, 'responseElements'), 'networkInterface')) ?? {};
  return attachment(record, together([attachedTo(partOf(record, 'requestParameters')), attachedTo(created)]));
};

/** Reads ModifyNetworkInterfaceAttribute and ModifyInstanceAttribute: of any groups only where the request names them. */
export const readAttribute = (record: TrailRecord): EventSubject | undefined => {
  const told = attachedTo(partOf(record, 'requestParameters'));
  return attachment(record, { ...told, interfaceIds: [] });
};

/** Reads AssociateSecurityGroupVpc: the group may be used in one more VPC from now on. */
export const readAssociated = (record: TrailRecord): EventSubject | undefined => {
  const request = wrappedPart(record, 'requestParameters', 'AssociateSecurityGroupVpcRequest');
  const id = groupIdOf(field(request, 'groupid'));
  return attachment(record, byIds(id === undefined ? [] : [id]));
};

/** Where RDS and ElastiCache name groups, in requests and in responses. */
const GROUP_LISTS = ['vpcSecurityGroupIds', 'vpcSecurityGroups', 'securityGroupIds', 'securityGroups'];

const listedIn = (fields: Fields): readonly string[] => GROUP_LISTS.flatMap((name) => groupIdsIn(fields, name));

const answeredIn = (response: Fields): readonly string[] => [
  ...listedIn(response),
  ...listedIn(asFields(field(response, 'serverlessCache')) ?? {}),
];

/**
 * Reads RDS's and ElastiCache's calls that make something: where the request names no groups it gets the default group, or those of
 * what it is restored from, and the response says which.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
 */
export const readStoreCreated = (record: TrailRecord): EventSubject | undefined => {
  const asked = listedIn(partOf(record, 'requestParameters'));
  return attachment(record, byIds(asked.length > 0 ? asked : answeredIn(partOf(record, 'responseElements'))));
};

/** Reads their calls that change something: the response always lists the groups, so only the request tells whether they are meant. */
export const readStoreModified = (record: TrailRecord): EventSubject | undefined => {
  const request = partOf(record, 'requestParameters');
  return Object.keys(request).length > 0 ? attachment(record, byIds(listedIn(request))) : readStoreCreated(record);
};
