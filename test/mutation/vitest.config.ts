import { defineConfig } from 'vitest/config';
import { MUTATED } from './targets.ts';

const tests = MUTATED[process.env['MUTATED_PART'] ?? 'network'];
if (tests === undefined) throw new Error(`MUTATED_PART is none of ${Object.keys(MUTATED).join(', ')}`);

/**
 * Maximum number of runs of a property for each mutant. The seed is fixed, so the result does not depend on
 * luck.
 */
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
