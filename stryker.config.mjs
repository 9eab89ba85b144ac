/** The room under test, from the environment: `test/mutation/run.ts` goes through them one by one. */
const room = process.env.MUTATED_ROOM ?? 'network';

const name = room.replaceAll('/', '-');

export default {
  mutate: [`shared/${room}/**/*.ts`, '!shared/controls/registry.ts'],
  testRunner: 'vitest',
  vitest: { configFile: 'test/mutation/vitest.config.ts' },
  plugins: ['@stryker-mutator/vitest-runner', './test/mutation/documentation.ts'],
  ignorers: ['documentation'],
  // Stryker reads tsconfig.json with a compiler API that TypeScript 7 does not have; Node strips types without it.
  tsconfigFile: 'none.json',
  ignorePatterns: ['dist', 'cdk.out', 'coverage', '.vitest', '.stryker', '.venv-moto'],
  coverageAnalysis: 'perTest',
  // Constants that are computed while a file loads are judged by what tests see of them, not by loading everything anew for each.
  ignoreStatic: true,
  incremental: true,
  incrementalFile: `.stryker/${name}.json`,
  tempDirName: `.stryker/sandbox-${name}`,
  jsonReporter: { fileName: `.stryker/${name}.report.json` },
  htmlReporter: { fileName: `.stryker/${name}.html` },
  reporters: ['clear-text', 'json', 'html'],
  clearTextReporter: { allowColor: false, reportTests: false, logTests: false },
  concurrency: 2,
  // Long, so that a busy machine does not pass for an endless loop.
  timeoutMS: 20_000,
  thresholds: { high: 98, low: 95, break: 95 },
};
