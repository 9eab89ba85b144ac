import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';

/** Tests that run the bundled functions. A run without them builds no bundles. */
const BUNDLED = ['test/e2e/**/*.test.ts', 'test/adversary/{disorder,hostile-events}.test.ts', 'test/cli/cell.test.ts'];

/**
 * Test files of a worker share its modules, because loading them again for each of 250 files took a third of the
 * suite's time. No module of the product keeps state (test/architecture.test.ts), and test/reset.ts resets the
 * process after each file.
 */
const SHARED = {
  isolate: false,
  setupFiles: ['test/reset.ts'],
  // Ends a test that hangs. It is long, because no result depends on the machine's speed.
  testTimeout: 600_000,
  hookTimeout: 600_000,
};

export default defineConfig({
  test: {
    // By default, Vitest leaves one core free.
    maxWorkers: availableParallelism(),
    projects: [
      {
        test: {
          ...SHARED,
          name: 'bundled',
          include: BUNDLED,
          globalSetup: ['test/build-functions.ts'],
        },
      },
      {
        test: {
          ...SHARED,
          name: 'source',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, 'test/{moto,emulators}/**', ...BUNDLED],
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['shared/**', 'functions/**'],
      reporter: ['text-summary', 'html'],
      thresholds: {
        branches: 85,
        lines: 90,
        'shared/{network,controls,policy}/**': { branches: 100 },
        'shared/workflows/narrow/{offers,sources}.ts': { branches: 100 },
        'shared/workflows/migration/{interfaces,plan-migration,replacement}.ts': { branches: 100 },
      },
    },
  },
});
