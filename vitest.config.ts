import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/moto/**'],
    globalSetup: ['test/build-functions.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: {
      provider: 'v8',
      include: ['shared/**', 'functions/**'],
      reporter: ['text-summary', 'html'],
      thresholds: {
        branches: 85,
        lines: 90,
        'shared/{exposure,controls,policy,remedies}/**': { branches: 100 },
      },
    },
  },
});
