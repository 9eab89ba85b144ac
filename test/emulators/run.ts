import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildFunctions } from '../../infra/build/build.ts';
import { ROOT } from '../../infra/build/bundle.ts';
import { showProgram } from '../run-program.ts';
import { venvPython } from '../venv.ts';
import { eventRulerJars } from './event-ruler/jars.ts';
import { synthesise } from './ministack/cdk.ts';
import { ACCOUNT, ASSEMBLIES, OTHER_REGION, REGION, SECOND } from './surroundings.ts';

/** Pinned, because the list of refused resources and `launch.py` fit this version only. */
const MINISTACK = 'ministack==1.4.21';

/**
 * Every option that adds something to a cell. The runtime switch keeps its default name, which must differ
 * from the first cell's.
 */
const EVERY_OPTION = {
  stack: SECOND.stack,
  homeRegion: REGION,
  regions: `${REGION},${OTHER_REGION}`,
  email: 'security@example.com',
  config: 'true',
  configSchedule: 'TwentyFour_Hours',
  customerKeys: 'true',
  securityHub: 'true',
  amazonQ: 'true',
  permissionsBoundary: `arn:aws:iam::${ACCOUNT}:policy/boundary`,
  reservedConcurrency: 'on-change:5',
  alertsSecretArn: `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${SECOND.secret}`,
};

async function main(): Promise<number> {
  const [python, jars] = [await venvPython('ministack', [MINISTACK]), await eventRulerJars()];
  const scratch = mkdtempSync(path.join(tmpdir(), 'portcullis-synth-'));
  try {
    await buildFunctions();
    await synthesise(ASSEMBLIES.plain, scratch, {});
    await synthesise(ASSEMBLIES.full, scratch, EVERY_OPTION);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  const vitest = path.join(ROOT, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', '--config', 'test/emulators/vitest.config.ts'];
  return await showProgram(process.execPath, args, { MINISTACK_PYTHON: python, EVENT_RULER_JARS: jars });
}

try {
  process.exitCode = await main();
} catch (cause) {
  console.error(`test:emulators could not run: ${cause instanceof Error ? cause.message : String(cause)}`);
  process.exitCode = 1;
}
