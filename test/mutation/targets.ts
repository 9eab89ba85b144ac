/**
 * The mutated parts of `shared`, each with the tests that have to kill its mutants: its own tests, and tests
 * of other parts that state what the part is for.
 */
export const MUTATED: Readonly<Record<string, readonly string[]>> = {
  network: ['test/network/**/*.test.ts', 'test/controls/cases.test.ts', 'test/adversary/openings.test.ts'],
  controls: ['test/controls/**/*.test.ts', 'test/adversary/openings.test.ts', 'test/policy/control-page.test.ts'],
  policy: ['test/policy/**/*.test.ts', 'test/controls/catalogue.test.ts'],
  'remediation/decide': ['test/remediation/**/*.test.ts', 'test/workflows/**/*.test.ts'],
  'remediation/apply.ts': ['test/remediation/**/*.test.ts', 'test/scheduling/**/*.test.ts'],
};
