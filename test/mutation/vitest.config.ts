import { defineConfig } from 'vitest/config';

/** The tests that have to notice a change in a room: its own, and where they say what the room is for, those that stand on it. */
const TESTS: Readonly<Record<string, readonly string[]>> = {
  network: ['test/network/**/*.test.ts', 'test/controls/cases.test.ts', 'test/adversary/openings.test.ts'],
  controls: ['test/controls/**/*.test.ts', 'test/adversary/openings.test.ts', 'test/policy/control-page.test.ts'],
  policy: ['test/policy/**/*.test.ts', 'test/controls/catalogue.test.ts'],
  'remediation/decide': ['test/remediation/**/*.test.ts', 'test/workflows/**/*.test.ts'],
};

const tests = TESTS[process.env['MUTATED_ROOM'] ?? 'network'];
if (tests === undefined) throw new Error(`MUTATED_ROOM is none of ${Object.keys(TESTS).join(', ')}`);

/** Runs of a property for each mutant. The seed is fixed, so what is found does not depend on luck. */
const MOST_RUNS = 120;

function fewerRuns(code: string): string {
  return code.replaceAll(
    /numRuns: ([\d_]+)/g,
    (_, runs: string) => `numRuns: ${Math.min(Number(runs.replaceAll('_', '')), MOST_RUNS)}`,
  );
}

export default defineConfig({
  plugins: [{ name: 'fewer-runs', transform: (code, id) => (id.endsWith('.test.ts') ? fewerRuns(code) : undefined) }],
  test: { include: [...tests], setupFiles: ['test/mutation/seed.ts'], testTimeout: 60_000 },
});
