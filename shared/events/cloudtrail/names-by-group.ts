/** Something that names groups: its id, and theirs. */
export interface NamesGroups {
  readonly id: string;
  readonly groupIds: readonly string[];
}

/** Ids of what names a group, by the id of the group. */
export type NamesByGroup = ReadonlyMap<string, ReadonlySet<string>>;

/** The same the other way round: each that names a group stands once, however often it does so. */
export const namesByGroup = (all: readonly NamesGroups[]): NamesByGroup => {
  const found = new Map<string, Set<string>>();
  for (const { id, groupIds } of all)
    for (const groupId of groupIds) found.set(groupId, (found.get(groupId) ?? new Set()).add(id));
  return found;
};
