import type { Neighbours } from '../../shared/domain/controls/facts.ts';
import type { Attachment, Group } from '../../shared/domain/group.ts';
import { mayAddUp } from '../../shared/network/exposure/together.ts';

/** The groups that share interfaces with a group, as far as the interfaces are known. */
export const neighboursIn = (
  { id }: Pick<Group, 'id'>,
  groups: ReadonlyMap<string, Group>,
  attachments: ReadonlyMap<string, readonly Attachment[]>,
): readonly Neighbours[] => {
  const sets = Map.groupBy(attachments.get(id) ?? [], ({ groupIds = [] }) => groupIds.toSorted().join(' '));
  return [...sets.values()].flatMap((some) => {
    const [{ interfaceId, groupIds = [] } = { interfaceId: '' }] = some;
    const beside = groupIds.flatMap((other) => (other === id ? [] : (groups.get(other) ?? [])));
    const counted = beside.filter(({ rules }) => mayAddUp(rules));
    return counted.length === 0 ? [] : [{ interfaceId, interfaces: some.length, groups: counted }];
  });
};
