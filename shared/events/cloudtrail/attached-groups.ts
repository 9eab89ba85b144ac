import { asFields, type Fields, field, isFields, listField, textField } from '../fields.ts';
import { groupIdOf, interfaceIdOf } from '../ids.ts';

/** Names by which the services call a group's id where a list of groups holds objects. */
const ID_NAMES = ['groupId', 'vpcSecurityGroupId', 'securityGroupId'];

const idIn = (item: unknown): string | undefined => {
  const fields = asFields(item);
  if (fields === undefined) return groupIdOf(item);
  return ID_NAMES.map((name) => groupIdOf(field(fields, name))).find((id) => id !== undefined);
};

/** Ids in a list of groups: plain texts, or objects. */
export const groupIdsIn = (fields: Fields, name: string): readonly string[] =>
  listField(fields, name).flatMap((item) => idIn(item) ?? []);

/** Names in a list of groups, for those of them that have no id. */
const groupNamesIn = (fields: Fields, name: string): readonly string[] =>
  listField(fields, name)
    .filter(isFields)
    .flatMap((item) => (idIn(item) === undefined ? (textField(item, 'groupName') ?? []) : []));

/** What a part of an event tells of attached groups. */
export interface ToldGroups {
  readonly groupIds: readonly string[];
  readonly names: readonly string[];
  readonly interfaceIds: readonly string[];
}

/** What several parts tell. */
export const together = (parts: readonly ToldGroups[]): ToldGroups => ({
  groupIds: parts.flatMap(({ groupIds }) => groupIds),
  names: parts.flatMap(({ names }) => names),
  interfaceIds: parts.flatMap(({ interfaceIds }) => interfaceIds),
});

const own = (fields: Fields): ToldGroups => ({
  groupIds: groupIdsIn(fields, 'groupSet'),
  names: groupNamesIn(fields, 'groupSet'),
  interfaceIds: [interfaceIdOf(field(fields, 'networkInterfaceId'))].filter((id) => id !== undefined),
});

/** What EC2 writes of an interface or an instance: its `groupSet`, its own id, and the same of each in its `networkInterfaceSet`. */
export const attachedTo = (fields: Fields): ToldGroups =>
  together([own(fields), ...listField(fields, 'networkInterfaceSet').filter(isFields).map(own)]);
