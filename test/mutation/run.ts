import { spawnSync } from 'node:child_process';

const ROOMS = ['network', 'controls', 'policy', 'remediation/decide'];

const asked = process.argv.slice(2);

/** Runs Stryker for a room; whether its score is above the threshold. */
function run(room: string): boolean {
  const { status } = spawnSync(process.execPath, ['node_modules/@stryker-mutator/core/bin/stryker.js', 'run'], {
    env: { ...process.env, MUTATED_ROOM: room },
    stdio: 'inherit',
  });
  return status === 0;
}

const failed = (asked.length > 0 ? asked : ROOMS).filter((room) => !run(room));
if (failed.length > 0) {
  console.error(`too few mutants were noticed in: ${failed.join(', ')}`);
  process.exitCode = 1;
}
