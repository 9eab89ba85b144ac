import { clipped } from '../exposure/clipped.ts';
import type { GroupIdentity } from '../model/group.ts';

/** Units of a name in a headline: enough to know it by. The id comes first, so that whatever is cut, it is not. */
const NAME = 60;

/** A group in a headline: `sg-0… web`. */
export const groupText = ({ id, name }: Pick<GroupIdentity, 'id' | 'name'>): string =>
  `${id} ${clipped(name, NAME)}`.trimEnd();
