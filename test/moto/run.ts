import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Estate } from '../../infra/local/estate.ts';
import { startLocalAccount } from '../../infra/local/start.ts';
import { startMoto } from './moto-server.ts';
import { motoPython } from './python-environment.ts';

/** What boto3 finds there. */
const estate: Estate = {
  vpcs: [
    {
      name: 'shop',
      cidr: '10.9.0.0/16',
      groups: [{ name: 'night' }],
      functions: [{ name: 'close-books', groups: ['night'], published: [['night']] }],
    },
  ],
};

const root = join(import.meta.dirname, '../..');

/** Runs a program with its output shown; resolves with its exit code. */
async function shown(program: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<number> {
  const child = spawn(program, [...args], { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  const [code]: readonly unknown[] = await once(child, 'exit');
  return typeof code === 'number' ? code : 1;
}

/** The contract suite against moto's server. */
async function contract(python: string): Promise<number> {
  const moto = await startMoto(python);
  try {
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const args = [vitest, 'run', '--config', 'test/moto/vitest.config.ts'];
    return await shown(process.execPath, args, { MOTO_ENDPOINT: moto.endpoint });
  } finally {
    await moto.stop();
  }
}

/** boto3, which is not ours, against the embedded account. */
async function smoke(python: string): Promise<number> {
  const local = await startLocalAccount({ estate, region: 'eu-central-1' });
  try {
    return await shown(python, [join(root, 'test/moto/boto3_smoke.py')], {
      AWS_ENDPOINT_URL: local.endpoint,
      AWS_ACCESS_KEY_ID: 'AKIAEXAMPLEEXAMPLE00',
      AWS_SECRET_ACCESS_KEY: 'example',
      AWS_DEFAULT_REGION: 'eu-central-1',
    });
  } finally {
    await local.close();
  }
}

try {
  const python = motoPython(root);
  const codes = [await contract(python), await smoke(python)];
  process.exitCode = codes.every((code) => code === 0) ? 0 : 1;
} catch (cause) {
  console.error(`test:moto could not run: ${cause instanceof Error ? cause.message : String(cause)}`);
  process.exitCode = 1;
}
