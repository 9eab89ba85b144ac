import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Pinned: the tables of deviations and differences are of this version. boto3 comes with it. */
const VERSION = '5.2.1';
const MOTO = `moto[server]==${VERSION}`;
const PYTEST = 'pytest==9.2.0';

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
 * The Python of a virtual environment under `root` that has the pinned versions of moto and pytest, made where it is missing.
 * Throws an Error with the reason where Python or its packages can't be had.
 */
export function motoPython(root: string): string {
  const home = join(root, '.venv-moto');
  const python = join(home, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  if (!existsSync(python)) run('python3', ['-m', 'venv', home]);
  const installed = run(python, ['-m', 'pip', 'freeze', '--disable-pip-version-check']);
  if (![`moto==${VERSION}`, PYTEST].every((requirement) => installed.includes(requirement))) {
    run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', MOTO, PYTEST]);
  }
  return python;
}

/**
 * The folder that holds `tests/` of moto's pinned version, taken from its source distribution on PyPI and kept beside the virtual
 * environment. Throws an Error with the reason if the source distribution cannot be downloaded or contains no EC2 tests.
 */
export function motoSource(root: string, python: string): string {
  const home = join(root, '.venv-moto', `moto-${VERSION}`);
  if (existsSync(join(home, 'tests/test_ec2'))) return home;
  const scratch = mkdtempSync(join(root, '.venv-moto', 'source-'));
  try {
    const options = ['--quiet', '--disable-pip-version-check', '--no-deps', '--no-binary', 'moto', '--dest', scratch];
    run(python, ['-m', 'pip', 'download', ...options, `moto==${VERSION}`]);
    const archive = readdirSync(scratch).find((name) => name.endsWith('.tar.gz'));
    if (!archive) throw new Error(`PyPI has no source distribution of moto ${VERSION}`);
    run('tar', ['-xzf', join(scratch, archive), '-C', scratch]);
    const unpacked = join(scratch, `moto-${VERSION}`);
    if (!existsSync(join(unpacked, 'tests/test_ec2'))) throw new Error(`${archive} contains no tests/test_ec2`);
    rmSync(home, { recursive: true, force: true });
    renameSync(unpacked, home);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return home;
}
