import { plain } from '../exposure/format.ts';

/** Text by a stranger, safe to print, in at most so many UTF-16 units; what was cut shows as an ellipsis. */
export const clipped = (text: string, most: number): string => {
  const safe = plain(text.toWellFormed());
  return safe.length <= most ? safe : `${safe.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
};

/** Milliseconds since the epoch as other systems read them: `2026-01-02T03:04:05.000Z`. */
export const isoTime = (ms: number): string => new Date(ms).toISOString();
