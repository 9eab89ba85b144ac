import { readFileSync } from 'node:fs';
import { buildFunctions } from '../../infra/build/build.ts';
import { type RunningCell, runCell } from '../../infra/local/cell/run-cell.ts';
import type { CallRecord } from '../../infra/local/dispatch.ts';
import type { Estate } from '../../infra/local/estate/estate.ts';
import { CONTROLS } from '../../shared/controls/registry.ts';
import type { Rule } from '../../shared/domain/group.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import { exposureOf } from '../../shared/network/exposure/rule-exposure.ts';
import { formatExposures } from '../../shared/network/format-exposure.ts';
import { ALL_PORTS } from '../../shared/network/ports.ts';
import { compilePolicy } from '../../shared/policy/compile.ts';
import { worldOf } from '../../shared/policy/queries.ts';
import type { Paint } from '../../shared/reports/text.ts';
import { failureText } from '../local/watch.ts';
import { paintFor } from '../output/text.ts';
import { wantsColour } from '../terminal.ts';
import { demoAccount, PRINCIPALS } from './account.ts';
import { type PlayedScene, playScene, sceneText } from './narrate.ts';
import { SCENES } from './scenario.ts';

function openness(rules: readonly Rule[], { world }: Policy): string {
  return (
    exposureOf(rules, new Set(), world)
      .openings({
        direction: 'ingress',
        traffic: { only: { tcp: [ALL_PORTS], udp: [ALL_PORTS] } },
        allowed: 0,
        order: 'largest-source',
      })
      .map(({ exposures, rules: opening }) => formatExposures(exposures, opening))
      .join('; ') || 'closed to the world'
  );
}

/** Every group, how many rules it has before and after, and what the world reaches in it. */
function exposureTable(
  before: ReadonlyMap<string, readonly Rule[]>,
  after: ReadonlyMap<string, readonly Rule[]>,
  policy: Policy,
  paint: Paint,
): string {
  const rows = [...after].map(([name, rules]) => {
    const counts = `${String(before.get(name)?.length ?? '-').padStart(3)} → ${String(rules.length).padEnd(3)}`;
    return `  ${name.padEnd(36)} ${counts} ${openness(rules, policy)}`;
  });
  return [paint('strong', 'Groups: rules before → after, and what the world reaches now'), ...rows, ''].join('\n');
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** How many rules were closed and left, how many alerts went out, and how long it took. */
function totalsLine(results: readonly PlayedScene[], calls: readonly CallRecord[], paint: Paint): string {
  const closed = results.flatMap((result) => result.closed);
  const left = results.reduce((sum, result) => sum + result.left.length, 0);
  const alerts = results.reduce((sum, result) => sum + result.messages.length, 0);
  const revokes = calls.filter(({ operation }) => operation.startsWith('RevokeSecurityGroup')).length;
  return paint(
    'strong',
    `${closed.length} rules closed in ${revokes} calls (median ${Math.round(median(closed.map(({ ms }) => ms)))} ms after the change), ` +
      `${left} new rules left alone, ${alerts} alerts.`,
  );
}

const REGION = 'eu-west-1';
const POLICY_FILE = 'portcullis.yaml';

const root = new URL('../../', import.meta.url);
const paint = paintFor({ colour: wantsColour(process.env, process.stdout.isTTY) });

function readText(file: string): string {
  return readFileSync(new URL(file, root), 'utf8');
}

async function startCell(): Promise<RunningCell> {
  const [bundle] = await buildFunctions();
  if (bundle === undefined) throw new Error('build: no function was built');
  const estate: Estate = JSON.parse(readText('events/estate.json'));
  const cell = await runCell({ bundle: bundle.directory, region: REGION, estate, principals: PRINCIPALS });
  cell.local.background.onFailure((failure) => console.log(failureText(failure, paint)));
  return cell;
}

async function play(cell: RunningCell, policy: Policy): Promise<number> {
  const account = demoAccount(cell.local.endpoint, REGION);
  const before = await account.rules();
  const results = [];
  for (const [i, scene] of SCENES.entries()) {
    const played = await playScene(scene, account, cell);
    results.push(played);
    console.log(sceneText(i + 1, scene, played, worldOf(policy), paint));
  }
  console.log(exposureTable(before, await account.rules(), policy, paint));
  console.log(totalsLine(results, cell.local.calls, paint));
  return cell.delivery.failures.length;
}

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
