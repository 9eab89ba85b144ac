/** Names of the days of the week, from Sunday on. */
export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** When something begins that is dated from a day or a minute (UTC), ms; undefined where the text is neither. */
export function startOf(text: string): number | undefined {
  return minuteOf(text) ?? dayStart(text);
}

const MINUTE = /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\dZ$/;

/** A minute (UTC) such as `2026-12-31T18:00Z`, ms. */
function minuteOf(text: string): number | undefined {
  const [, day = ''] = MINUTE.exec(text) ?? [];
  return dayStart(day) === undefined ? undefined : Date.parse(text);
}

const DAY = /^\d{4}-\d\d-\d\d$/;

/** The midnight (UTC) with which a day begins, ms; undefined where the text is none: 2026-02-30 is not. */
function dayStart(text: string): number | undefined {
  if (!DAY.test(text)) return undefined;
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text) ? at : undefined;
}

const DAY_MS = 86_400_000;

/** When something ends that is dated until a day or a minute (UTC), ms: the day named is its last. Undefined where the text is neither. */
export function endOf(text: string): number | undefined {
  const day = dayStart(text);
  return day === undefined ? minuteOf(text) : day + DAY_MS;
}

/** The day (UTC) that a time, ms, is in: `2026-12-31`. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** Whole days between two times, ms, rounded up. */
export function daysBetween(from: number, until: number): number {
  return Math.ceil((until - from) / DAY_MS);
}

/** Minutes after midnight of a time of day such as `18:00`; 24:00 is the end of the day. Undefined where the text is none. */
export function minuteOfDay(text: string): number | undefined {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  if (text === '24:00') return 1440;
  return hours === undefined ? undefined : Number(hours) * 60 + Number(minutes);
}
