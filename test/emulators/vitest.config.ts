import { defineConfig } from 'vitest/config';

/** Run by `run.ts`, which installs the emulators and synthesises the cells. */
export default defineConfig({
  test: { include: ['test/emulators/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000 },
});
