import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, beforeEach, expect, inject, it } from 'vitest';
import { bundleDirectory } from '../../infra/build.ts';
import { type RunningCell, runCell } from '../../infra/local/run.ts';
import { CANARY, STACK_NAME, switchParameter } from '../../shared/catalogue.ts';
import { canaryGroup } from '../../shared/model/canary.ts';
import { METRICS } from '../../shared/model/metrics.ts';
import { REGION } from './asking.ts';
import { openShop, tcp } from './shop.ts';

const LAB = 'Lab';

let shop: Awaited<ReturnType<typeof openShop>>;
let lab: RunningCell;

/** The metrics of each cell. */
const metrics: Readonly<Record<'shop' | 'lab', Record<string, unknown>[]>> = { shop: [], lab: [] };

const noteOf = (cell: keyof typeof metrics) => (line: string) => {
  const parsed: unknown = JSON.parse(line);
  if (typeof parsed === 'object' && parsed !== null && '_aws' in parsed) metrics[cell].push({ ...parsed });
};

beforeAll(async () => {
  shop = await openShop({ telemetry: noteOf('shop') });
  lab = await runCell({
    cell: LAB,
    within: shop.local,
    region: REGION,
    bundle: bundleDirectory('on-change', inject('dist')),
    telemetry: noteOf('lab'),
  });
});

beforeEach(() => {
  for (const lines of Object.values(metrics)) lines.splice(0);
});

afterAll(async () => {
  await lab.close();
  await shop.close();
});

const closings = (lines: readonly Record<string, unknown>[]) =>
  lines.filter((line) => METRICS.timeToCloseCanary in line);

const revoked = (lines: readonly Record<string, unknown>[]) =>
  lines.flatMap((line) => (METRICS.rulesRevoked in line ? [line[METRICS.rulesRevoked]] : []));

it('each cell puts and closes the canary in a group of its own, and measures that one alone', async () => {
  await shop.tick(CANARY.request);
  expect(closings(metrics.shop)).toHaveLength(1);
  expect(closings(metrics.lab)).toEqual([]);
  await lab.tick(CANARY.request);
  expect(closings(metrics.shop)).toHaveLength(1);
  expect(closings(metrics.lab)).toHaveLength(1);
  for (const cell of [STACK_NAME, LAB]) {
    expect(shop.groupId(canaryGroup(cell).name)).toMatch(/^sg-/);
    expect(await shop.rules(canaryGroup(cell).name)).toEqual([]);
  }
  expect(metrics.shop.map(({ service }) => service)).toEqual(expect.arrayContaining([STACK_NAME]));
  expect(new Set(metrics.lab.map(({ service }) => service))).toEqual(new Set([LAB]));
});

it('the runtime switch of one cell does not hold the other', async () => {
  const ssm = new SSMClient(shop.settings());
  const until = new Date(shop.clock.now() + 3_600_000).toISOString();
  const Value = JSON.stringify({ mode: 'off', until, reason: 'maintenance of the first cell' });
  await ssm.send(new PutParameterCommand({ Name: switchParameter(STACK_NAME), Type: 'String', Value }));
  // A switch that was read lately is not read again.
  await shop.clock.advance(15_500);
  await shop.authorize('app', tcp(22, '0.0.0.0/0'));
  await shop.delivery.drain();
  const world = (await shop.rules('app')).filter(({ IsEgress, CidrIpv4 }) => !IsEgress && CidrIpv4 === '0.0.0.0/0');
  expect(world).toEqual([]);
  expect(revoked(metrics.lab)).toEqual([1]);
  expect(revoked(metrics.shop)).toEqual([]);
});
