/** The days of the week, starting with Sunday. */
export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/**
 * The start of a period in ms: the midnight of a day, or a minute (UTC). Undefined if the text is neither.
 */
export function startOf(text: string): number | undefined {
  return minuteOf(text) ?? dayStart(text);
}

const MINUTE = /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\dZ$/;

/** A minute such as `2026-12-31T18:00Z` in ms. */
function minuteOf(text: string): number | undefined {
  const [, day = ''] = MINUTE.exec(text) ?? [];
  return dayStart(day) === undefined ? undefined : Date.parse(text);
}

const DAY = /^\d{4}-\d\d-\d\d$/;

/** The midnight (UTC) at the start of a day, in ms. Undefined for a day such as 2026-02-30. */
function dayStart(text: string): number | undefined {
  if (!DAY.test(text)) return undefined;
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text) ? at : undefined;
}

const DAY_MS = 86_400_000;

/** The midnight after a day, or a minute (UTC), in ms. Undefined if the text is neither. */
export function endOf(text: string): number | undefined {
  const day = dayStart(text);
  return day === undefined ? minuteOf(text) : day + DAY_MS;
}

/** The day (UTC) of a time in ms, such as `2026-12-31`. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** Days between two times in ms, rounded up. */
export function daysBetween(from: number, until: number): number {
  return Math.ceil((until - from) / DAY_MS);
}

/** Minutes after midnight of a time from `00:00` to `24:00`. Undefined for any other text. */
export function minuteOfDay(text: string): number | undefined {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  if (text === '24:00') return 1440;
  return hours === undefined ? undefined : Number(hours) * 60 + Number(minutes);
}
