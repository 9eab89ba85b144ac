import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inject } from 'vitest';
import { bundleDirectory } from '../../infra/build.ts';
import type { Policy } from '../../shared/model/policy.ts';

const FUNCTIONS = ['on-change', 'on-grant', 'on-schedule', 'on-action'];

/**
 * The built functions with another policy, in a folder of their own that the caller removes.
 *
 * @returns the folder; on-change, for `runCell`, lies in `on-change`.
 */
export const withPolicy = async (change: (policy: Policy) => Policy): Promise<string> => {
  const copied = await mkdtemp(path.join(tmpdir(), 'portcullis-'));
  await cp(path.dirname(bundleDirectory('on-change', inject('dist'))), copied, { recursive: true });
  for (const name of FUNCTIONS) {
    const file = path.join(copied, name, 'policy.json');
    const policy: Policy = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify(change(policy)));
  }
  return copied;
};
