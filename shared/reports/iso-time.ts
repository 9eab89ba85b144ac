/** Milliseconds since the epoch as other systems read them: `2026-01-02T03:04:05.000Z`. */
export const isoTime = (ms: number): string => new Date(ms).toISOString();
