import { defineConfig } from 'vitest/config';

/** Run by `run.ts`, which starts moto's server and sets MOTO_ENDPOINT. */
export default defineConfig({
  test: { include: ['test/moto/**/*.test.ts'], testTimeout: 30_000, hookTimeout: 60_000 },
});
