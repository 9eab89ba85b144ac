import { afterAll, vi } from 'vitest';

/** Resets the process after a test file, for the next files in the same worker. */
afterAll(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});
