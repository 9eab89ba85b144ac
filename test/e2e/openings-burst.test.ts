import { AuthorizeSecurityGroupIngressCommand, EC2Client } from '@aws-sdk/client-ec2';
import { afterEach, expect, it } from 'vitest';
import { DEFAULTS } from '../../shared/policy/schema/defaults.ts';
import { effort } from '../effort.ts';
import { REGION } from './requests.ts';
import { type openShop, openShopUnder, tcp } from './shop.ts';

/** Ports that the world must not reach, one opening for each in every group. */
const PORTS = [22, 3389, 5432, 6379, 27_017] as const;

const GROUPS = effort(16, 100);

type Shop = Awaited<ReturnType<typeof openShop>>;

let shop: Shop;
afterEach(async () => await shop.close());

async function openGroups(count: number): Promise<Shop> {
  const groups = Array.from({ length: count }, (_, number) => ({ name: `service-${number}` }));
  shop = await openShopUnder((policy) => ({ ...policy, alerts: DEFAULTS.alerts }), {
    estate: { vpcs: [{ name: 'shop', cidr: '10.0.0.0/8', groups }] },
  });
  return shop;
}

/** Sources of the group's inbound rules. */
function inbound(): readonly string[] {
  return [...shop.local.account.region(REGION).rules.values()].flatMap(({ direction, source }) =>
    direction === 'ingress' && source.kind === 'ipv4' ? [source.cidr] : [],
  );
}

/** Opens a port of a group, and repeats the call every second until EC2 accepts it. */
async function openPatiently(ec2: EC2Client, groupId: string, port: number): Promise<void> {
  const command = new AuthorizeSecurityGroupIngressCommand({
    GroupId: groupId,
    IpPermissions: [tcp(port, '0.0.0.0/0')],
  });
  for (let isTaken = false; !isTaken; ) {
    isTaken = await ec2.send(command).then(
      () => true,
      async (error: unknown) => {
        if (!(error instanceof Error && error.name === 'RequestLimitExceeded')) throw error;
        await shop.clock.run(shop.clock.sleep(1000));
        return false;
      },
    );
  }
}

async function openEverything(): Promise<void> {
  const { retryStrategy: _patient, ...settings } = shop.settings();
  const ec2 = new EC2Client({ ...settings, maxAttempts: 1 });
  const ids = Array.from({ length: GROUPS }, (_, number) => shop.groupId(`service-${number}`));
  await Promise.all(PORTS.flatMap((port) => ids.map(async (id) => await openPatiently(ec2, id, port))));
  ec2.destroy();
}

function timesOfRemovals(): readonly number[] {
  return shop.local.calls.flatMap(({ operation, errorCode, endedAt }) =>
    operation === 'RevokeSecurityGroupIngress' && errorCode === undefined ? [endedAt] : [],
  );
}

it(`${GROUPS * PORTS.length} openings in ${GROUPS} groups, as fast as EC2 accepts them, are closed within a second after the last one`, async () => {
  await openGroups(GROUPS);
  await openEverything();
  const openedAt = shop.clock.now();
  await shop.delivery.drain();
  expect([inbound(), shop.delivery.failures]).toEqual([[], []]);
  expect(Math.max(...timesOfRemovals()) - openedAt).toBeLessThan(1000);
});

it(`${GROUPS * PORTS.length} openings in ${GROUPS} groups whose events arrive at once are all closed, at EC2's rates`, async () => {
  await openGroups(GROUPS);
  shop.local.throttle.mode = 'off';
  await openEverything();
  shop.local.throttle.mode = 'as-in-aws';
  const openedAt = shop.clock.now();
  await shop.delivery.drain();
  expect([inbound(), shop.delivery.failures]).toEqual([[], []]);
  expect(shop.local.calls.some(({ errorCode }) => errorCode === 'RequestLimitExceeded')).toBe(true);
  expect(Math.max(...timesOfRemovals()) - openedAt).toBeLessThan(240_000);
});

it('48 rules of a /8 each, opened one by one in one group, are all closed, and private space stays', async () => {
  await openGroups(1);
  for (let first = 1; first <= 48; first += 1) await shop.authorize('service-0', tcp(22, `${first}.0.0.0/8`));
  await shop.delivery.drain();
  expect([inbound(), shop.delivery.failures]).toEqual([['10.0.0.0/8'], []]);
});

it('openings whose events failed because of throttling are closed by the next run of on-schedule', async () => {
  await openGroups(3);
  shop.local.faults.push({ service: 'ec2', operation: 'DescribeSecurityGroups', kind: 'throttle' });
  for (const name of ['service-0', 'service-1', 'service-2']) await shop.authorize(name, tcp(22, '0.0.0.0/0'));
  await shop.delivery.drain();
  expect(shop.delivery.failures.map(({ condition }) => condition)).toEqual(Array(3).fill('RetriesExhausted'));
  expect(inbound()).toHaveLength(3);
  shop.local.faults.length = 0;
  await shop.clock.advance(300_000);
  await shop.tick();
  expect(inbound()).toEqual([]);
  expect(shop.delivery.failures).toHaveLength(3);
});
