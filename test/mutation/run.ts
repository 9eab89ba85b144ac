import { spawnSync } from 'node:child_process';
import { MUTATED } from './targets.ts';

/** Runs Stryker on a part of the core. Returns whether the score reaches the threshold. */
function run(part: string): boolean {
  const { status } = spawnSync(process.execPath, ['node_modules/@stryker-mutator/core/bin/stryker.js', 'run'], {
    env: { ...process.env, MUTATED_PART: part },
    stdio: 'inherit',
  });
  return status === 0;
}

const requested = process.argv.slice(2);
const failed = (requested.length > 0 ? requested : Object.keys(MUTATED)).filter((part) => !run(part));
if (failed.length > 0) {
  console.error(`too many mutants survived in: ${failed.join(', ')}`);
  process.exitCode = 1;
}
