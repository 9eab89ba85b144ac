import type { GroupIdentity } from '../../domain/group.ts';
import { plain } from './format.ts';

/** A group as people know it: `web (sg-0…)`, or its id where it has no name. */
export const formatGroup = ({ id, name }: Pick<GroupIdentity, 'id' | 'name'>): string => {
  const known = plain(name);
  return known === '' ? id : `${known} (${id})`;
};
