import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { showProgram } from '../run-program.ts';
import { venvPython } from '../venv.ts';
import { templates } from './variants.ts';

/** Exact versions, because another version may have other checks. */
const LINTERS = ['cfn-lint==1.58.0', 'checkov==3.3.30'];

/** Runs both linters on the templates in the folder. Resolves with their exit codes; 0 means no finding. */
async function lint(python: string, folder: string, names: readonly string[]): Promise<readonly number[]> {
  const bin = path.dirname(python);
  const files = names.map((name) => path.join(folder, `${name}.json`));
  console.log(`cfn-lint: ${names.join(', ')}`);
  const cfnLint = await showProgram(path.join(bin, 'cfn-lint'), files, {});
  const flags = ['--framework', 'cloudformation', '--directory', folder, '--compact', '--quiet', '--skip-download'];
  const checkov = await showProgram(python, [path.join(bin, 'checkov'), ...flags], {});
  return [cfnLint, checkov];
}

async function main(): Promise<void> {
  const python = await venvPython('lint', LINTERS);
  const folder = mkdtempSync(path.join(tmpdir(), 'portcullis-lint-'));
  try {
    const all = templates();
    for (const [name, text] of Object.entries(all)) writeFileSync(path.join(folder, `${name}.json`), text);
    const codes = await lint(python, folder, Object.keys(all));
    const failed = ['cfn-lint', 'checkov'].filter((_, index) => codes[index] !== 0);
    if (failed.length > 0) {
      console.error(`lint:templates: ${failed.join(' and ')} found something; fix it, or accept it by acceptFindings`);
      process.exitCode = 1;
    } else console.log(`lint:templates: no finding in ${Object.keys(all).length} templates`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

try {
  await main();
} catch (cause) {
  console.error(`lint:templates could not run: ${cause instanceof Error ? cause.message : String(cause)}`);
  process.exitCode = 1;
}
