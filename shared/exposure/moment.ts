/** A time, ms since the epoch, to the minute: `2026-01-02 03:04 UTC`. */
export const moment = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
