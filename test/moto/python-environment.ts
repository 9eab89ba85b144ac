import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Pinned: the table of deviations is of this version. boto3 comes with it. */
const MOTO = 'moto[server]==5.2.1';

/** Runs a program to its end; throws an Error that names it and gives what it said. */
function run(program: string, args: readonly string[]): string {
  try {
    return execFileSync(program, [...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (cause) {
    const said = cause instanceof Error && 'stderr' in cause && typeof cause.stderr === 'string' ? cause.stderr : '';
    const reason = said.trim() || String(cause);
    throw new Error(`${program} ${args.join(' ')} failed: ${reason}`, { cause });
  }
}

/**
 * The Python of a virtual environment under `root` that has moto's pinned version, made where it is missing.
 * Throws an Error with the reason where Python or its packages can't be had.
 */
export function motoPython(root: string): string {
  const home = join(root, '.venv-moto');
  const python = join(home, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  if (!existsSync(python)) run('python3', ['-m', 'venv', home]);
  const installed = run(python, ['-m', 'pip', 'freeze', '--disable-pip-version-check']);
  if (!installed.includes(`moto==${MOTO.split('==')[1]}`)) {
    run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', MOTO]);
  }
  return python;
}
