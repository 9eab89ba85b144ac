import { EC2Client, RevokeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, beforeEach, expect, inject, it } from 'vitest';
import { bundleDirectory } from '../../infra/build/build.ts';
import { ROLE_KEY, type RunningCell, runCell } from '../../infra/local/cell/run-cell.ts';
import { CANARY, STACK_NAME, switchParameter } from '../../shared/catalogue.ts';
import { canaryGroup } from '../../shared/domain/canary.ts';
import { METRICS } from '../../shared/domain/metrics.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import { REGION } from './requests.ts';
import { builtPolicy, openShop, tcp } from './shop.ts';

const LAB = 'Lab';

let shop: Awaited<ReturnType<typeof openShop>>;
let lab: RunningCell;

/** The metrics of each cell. */
const metrics: Readonly<Record<'shop' | 'lab', Record<string, unknown>[]>> = { shop: [], lab: [] };

function noteOf(cell: keyof typeof metrics) {
  return (line: string) => {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed === 'object' && parsed !== null && '_aws' in parsed) metrics[cell].push({ ...parsed });
  };
}

/**
 * The role of all functions in the embedded account. Only the second cell lists it as the role of another
 * cell.
 */
const OTHER_CELL = 'arn:aws:iam::111122223333:role/Portcullis';

function labPolicy(): Policy {
  const policy = builtPolicy();
  const { flapping } = policy.controls;
  if (flapping === undefined) throw new RangeError('the policy has no flapping');
  const named = { ...flapping, otherCells: [OTHER_CELL] };
  return { ...policy, controls: { ...policy.controls, flapping: named } };
}

beforeAll(async () => {
  shop = await openShop({ telemetry: noteOf('shop') });
  lab = await runCell({
    cell: LAB,
    within: shop.local,
    region: REGION,
    policy: labPolicy(),
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

function closings(lines: readonly Record<string, unknown>[]) {
  return lines.filter((line) => METRICS.timeToCloseCanary in line);
}

function revoked(lines: readonly Record<string, unknown>[]) {
  return lines.flatMap((line) => (METRICS.rulesRevoked in line ? [line[METRICS.rulesRevoked]] : []));
}

/** Subjects of the messages that a cell has published after the first `since` messages. */
function subjectsOf(cell: string, since: number) {
  return shop.local.messages
    .slice(since)
    .flatMap(({ topicArn, subject }) => (topicArn.endsWith(`:${cell.toLowerCase()}-notices`) ? [subject] : []));
}

it('a cell that lists the role of the other cell does not report its removals', async () => {
  const { length } = shop.local.messages;
  await shop.authorize('web', tcp(3389, '0.0.0.0/0'));
  await shop.delivery.drain();
  expect([revoked(metrics.shop), revoked(metrics.lab)]).toEqual([[1], []]);
  expect(subjectsOf(STACK_NAME, length)).toEqual([expect.stringMatching(/^Closed tcp\/3389/)]);
  expect(subjectsOf(LAB, length)).toEqual([]);
});

it('each cell adds, closes and measures the canary in its own group only', async () => {
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

it('the runtime switch of one cell does not affect the other', async () => {
  const ssm = new SSMClient(shop.settings());
  const until = new Date(shop.clock.now() + 3_600_000).toISOString();
  const Value = JSON.stringify({ mode: 'off', until, reason: 'maintenance of the first cell' });
  await ssm.send(new PutParameterCommand({ Name: switchParameter(STACK_NAME), Type: 'String', Value }));
  // The functions cache the switch.
  await shop.clock.advance(15_500);
  const { length } = shop.local.messages;
  await shop.authorize('app', tcp(22, '0.0.0.0/0'));
  await shop.delivery.drain();
  const world = (await shop.rules('app')).filter(({ IsEgress, CidrIpv4 }) => !IsEgress && CidrIpv4 === '0.0.0.0/0');
  expect(world).toEqual([]);
  expect(revoked(metrics.lab)).toEqual([1]);
  expect(revoked(metrics.shop)).toEqual([]);
  expect(subjectsOf(LAB, length)).toEqual([expect.stringMatching(/^Closed tcp\/22/)]);
});

it('a cell reports a removal by its own role that is not in its ledger', async () => {
  // Until it ends, the switch of the first cell limits everything, including messages.
  await shop.clock.advance(3_700_000);
  const { length } = shop.local.messages;
  const command = tcp(5432, '0.0.0.0/0');
  await shop.authorize('app', command);
  const role = new EC2Client(shop.settings(ROLE_KEY));
  await role.send(new RevokeSecurityGroupIngressCommand({ GroupId: shop.groupId('app'), IpPermissions: [command] }));
  role.destroy();
  await shop.delivery.drain();
  expect(subjectsOf(STACK_NAME, length)).toEqual([expect.stringMatching(/^Found: A port was opened and soon closed/)]);
  expect(subjectsOf(LAB, length)).toEqual([]);
});
