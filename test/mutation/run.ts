import { spawnSync } from 'node:child_process';

const FOLDERS = ['network', 'controls', 'policy', 'remediation/remedies'];

const asked = process.argv.slice(2);

/** Runs Stryker for a folder. Returns whether the score is above the threshold. */
function run(folder: string): boolean {
  const { status } = spawnSync(process.execPath, ['node_modules/@stryker-mutator/core/bin/stryker.js', 'run'], {
    env: { ...process.env, MUTATED_ROOM: folder },
    stdio: 'inherit',
  });
  return status === 0;
}

const failed = (asked.length > 0 ? asked : FOLDERS).filter((folder) => !run(folder));
if (failed.length > 0) {
  console.error(`too few mutants were noticed in: ${failed.join(', ')}`);
  process.exitCode = 1;
}
