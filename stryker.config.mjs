/** The mutated part of `shared`: a folder or a file of test/mutation/targets.ts. `test/mutation/run.ts` sets it. */
const part = process.env.MUTATED_PART ?? 'network';

const name = part.replaceAll('/', '-');

export default {
  mutate: [part.endsWith('.ts') ? `shared/${part}` : `shared/${part}/**/*.ts`, '!shared/controls/registry.ts'],
  testRunner: 'vitest',
  vitest: { configFile: 'test/mutation/vitest.config.ts' },
  plugins: ['@stryker-mutator/vitest-runner', './test/mutation/documentation.ts'],
  ignorers: ['documentation'],
  // Stryker reads tsconfig.json with the compiler API, which TypeScript 7 does not have. Node strips types without it.
  tsconfigFile: 'none.json',
  ignorePatterns: ['dist', 'cdk.out', 'coverage', '.vitest', '.stryker', '.venv-moto'],
  coverageAnalysis: 'perTest',
  // Mutants of constants that are computed when a file loads would need a run of all tests each.
  ignoreStatic: true,
  incremental: true,
  incrementalFile: `.stryker/${name}.json`,
  tempDirName: `.stryker/sandbox-${name}`,
  jsonReporter: { fileName: `.stryker/${name}.report.json` },
  htmlReporter: { fileName: `.stryker/${name}.html` },
  reporters: ['clear-text', 'json', 'html'],
  clearTextReporter: { allowColor: false, reportTests: false, logTests: false },
  concurrency: 2,
  // Long, so that a busy machine does not look like an endless loop.
  timeoutMS: 20_000,
  thresholds: { high: 98, low: 95, break: 95 },
};
