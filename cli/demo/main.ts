import { readFileSync } from 'node:fs';
import { buildFunctions } from '../../infra/build/build.ts';
import type { Estate } from '../../infra/local/estate.ts';
import { type RunningCell, runCell } from '../../infra/local/run.ts';
import { CONTROLS } from '../../shared/controls/registry.ts';
import type { Policy } from '../../shared/domain/controls/policy.ts';
import { compilePolicy } from '../../shared/policy/compile.ts';
import { worldOf } from '../../shared/policy/world.ts';
import { failureText } from '../local/failure-text.ts';
import { paintFor } from '../paint.ts';
import { wantsColour } from '../terminal.ts';
import { demoAccount } from './account.ts';
import { PRINCIPALS } from './actors.ts';
import { playScene, sceneText } from './narrate.ts';
import { SCENES } from './scenario.ts';
import { exposureTable, tally } from './summary.ts';

const REGION = 'eu-west-1';
const POLICY_FILE = 'portcullis.yaml';

const root = new URL('../../', import.meta.url);
const paint = paintFor({ colour: wantsColour(process.env, process.stdout.isTTY) });

const readText = (file: string): string => readFileSync(new URL(file, root), 'utf8');

const startCell = async (): Promise<RunningCell> => {
  const [bundle] = await buildFunctions();
  if (bundle === undefined) throw new Error('build: no function was built');
  const estate: Estate = JSON.parse(readText('events/estate.json'));
  const cell = await runCell({ bundle: bundle.directory, region: REGION, estate, principals: PRINCIPALS });
  cell.local.background.onFailure((failure) => console.log(failureText(failure, paint)));
  return cell;
};

const play = async (cell: RunningCell, policy: Policy): Promise<number> => {
  const account = demoAccount(cell.local.endpoint, REGION);
  const before = await account.rules();
  const results = [];
  for (const [i, scene] of SCENES.entries()) {
    const played = await playScene(scene, account, cell);
    results.push(played);
    console.log(sceneText(i + 1, scene, played, worldOf(policy), paint));
  }
  console.log(exposureTable(before, await account.rules(), policy, paint));
  console.log(tally(results, cell.local.calls, paint));
  return cell.delivery.failures.length;
};

const policy = compilePolicy(readText(POLICY_FILE), POLICY_FILE, CONTROLS);
const cell = await startCell();
console.log(
  [
    paint('strong', `Portcullis, preset ${policy.preset}, on an embedded AWS account at ${cell.local.endpoint}`),
    'A web shop: load balancer, web, app, PostgreSQL, Redis, bastion; a reporting VPC; nothing leaves this machine.',
    '',
  ].join('\n'),
);
const failures = await play(cell, policy);
await cell.close();
process.exitCode = failures === 0 ? 0 : 1;
