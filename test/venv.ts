import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../infra/build/bundle.ts';
import { runProgram } from './run-program.ts';

/**
 * Returns the Python of the virtual environment `.venv-NAME` in the project's root. Creates the environment
 * again unless it was created for exactly these packages.
 *
 * @param packages requirements with exact versions, such as `moto[server]==5.2.1`. Rejects with an Error that
 *   names the command and the reason, for example that Python 3 is not installed.
 */
export async function venvPython(name: string, packages: readonly string[]): Promise<string> {
  const home = join(ROOT, `.venv-${name}`);
  const python = join(home, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const [made, wanted] = [join(home, 'made-for.txt'), packages.join('\n')];
  if (existsSync(made) && readFileSync(made, 'utf8') === wanted) return python;
  await runProgram('python3', ['-m', 'venv', '--clear', home]);
  // Python compiles a module at its first import. pip would compile thousands of modules that nobody imports.
  const options = ['--quiet', '--disable-pip-version-check', '--no-compile'];
  await runProgram(python, ['-m', 'pip', 'install', ...options, ...packages]);
  // Written last, so that an interrupted installation is repeated.
  writeFileSync(made, wanted);
  return python;
}
