import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../infra/build/bundle.ts';
import { runProgram } from '../run-program.ts';
import { venvPython } from '../venv.ts';

/**
 * Pinned, because the tables of deviations and differences fit this version only. boto3 is a dependency of
 * moto.
 */
const VERSION = '5.2.1';

/**
 * The packages that moto's server needs for EC2. `moto[server]` would install twice as many, for services
 * that no test uses.
 */
const PACKAGES = [`moto==${VERSION}`, 'flask==3.1.3', 'flask-cors==6.0.5', 'pytest==9.2.0'];

/**
 * The Python of a virtual environment that has the pinned versions of moto and pytest.
 *
 * @throws Error with the reason if Python 3 or the packages cannot be installed.
 */
export async function motoPython(): Promise<string> {
  return await venvPython('moto', PACKAGES);
}

/**
 * The folder that holds `tests/` of moto's pinned version, taken from its source distribution on PyPI and
 * kept beside the virtual environment.
 *
 * @throws Error with the reason if the source distribution cannot be downloaded or contains no EC2 tests.
 */
export async function motoSource(python: string): Promise<string> {
  const environment = join(ROOT, '.venv-moto');
  const home = join(environment, `moto-${VERSION}`);
  if (existsSync(join(home, 'tests/test_ec2'))) return home;
  const scratch = mkdtempSync(join(environment, 'source-'));
  try {
    const options = ['--quiet', '--disable-pip-version-check', '--no-deps', '--no-binary', 'moto', '--dest', scratch];
    await runProgram(python, ['-m', 'pip', 'download', ...options, `moto==${VERSION}`]);
    const archive = readdirSync(scratch).find((name) => name.endsWith('.tar.gz'));
    if (archive === undefined) throw new Error(`PyPI has no source distribution of moto ${VERSION}`);
    await runProgram('tar', ['-xzf', join(scratch, archive), '-C', scratch]);
    const unpacked = join(scratch, `moto-${VERSION}`);
    if (!existsSync(join(unpacked, 'tests/test_ec2'))) throw new Error(`${archive} contains no tests/test_ec2`);
    rmSync(home, { recursive: true, force: true });
    renameSync(unpacked, home);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return home;
}
