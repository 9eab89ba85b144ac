/** A time, ms since the epoch, in ISO 8601 to the minute: `2026-01-02T03:04Z`. */
export const moment = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16)}Z`;
