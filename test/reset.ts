import { afterAll, vi } from 'vitest';

/** Undoes what a test file did to the process, for the files that come after it in the same worker. */
afterAll(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});
