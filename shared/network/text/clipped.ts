import { plain } from './format.ts';

/** Text by a stranger, safe to print, in at most so many UTF-16 units; what was cut shows as an ellipsis. */
export const clipped = (text: string, most: number): string => {
  const safe = plain(text.toWellFormed());
  return safe.length <= most ? safe : `${safe.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
};
