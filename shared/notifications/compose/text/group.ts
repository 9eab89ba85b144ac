import type { GroupIdentity } from '../../../domain/group.ts';
import { clipped } from '../../../network/text/clipped.ts';

/** Units of a name in a headline: enough to know it by. The id comes first, so that whatever is cut, it is not. */
const NAME = 60;

/** A group in a headline: `sg-0… web`. */
export const groupText = ({ id, name }: Pick<GroupIdentity, 'id' | 'name'>): string =>
  `${id} ${clipped(name, NAME)}`.trimEnd();
