import { join } from 'node:path';
import { ROOT } from '../../infra/build/bundle.ts';
import type { Estate } from '../../infra/local/estate/estate.ts';
import { startLocalAccount } from '../../infra/local/start.ts';
import { startChildServer } from '../child-server.ts';
import { showProgram } from '../run-program.ts';
import { motoPython } from './environment.ts';

/** The estate that boto3 reads. */
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

/** Runs the contract suite against moto's server. */
async function contract(python: string): Promise<number> {
  const moto = await startChildServer({
    name: "moto's server",
    program: python,
    commandFor: (port) => ({ args: ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], env: process.env }),
    readyPath: '/moto-api/',
  });
  try {
    const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
    const args = [vitest, 'run', '--config', 'test/moto/vitest.config.ts'];
    return await showProgram(process.execPath, args, { MOTO_ENDPOINT: moto.endpoint });
  } finally {
    await moto.stop();
  }
}

/** Runs a smoke test of boto3 against the embedded account. */
async function smoke(python: string): Promise<number> {
  const local = await startLocalAccount({ estate, region: 'eu-central-1' });
  try {
    return await showProgram(python, [join(ROOT, 'test/moto/boto3_smoke.py')], {
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
  const python = await motoPython();
  const codes = [await contract(python), await smoke(python)];
  process.exitCode = codes.every((code) => code === 0) ? 0 : 1;
} catch (cause) {
  console.error(`test:moto could not run: ${cause instanceof Error ? cause.message : String(cause)}`);
  process.exitCode = 1;
}
