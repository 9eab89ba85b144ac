import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { VirtualClock } from '../../infra/local/time/virtual-clock.ts';
import { DEFAULTS } from '../../shared/policy/schema/defaults.ts';
import { effort } from '../effort.ts';
import { type openShop, openShopUnder, tcp } from './shop.ts';

/**
 * Openings, each in its own group. Openings of the first groups are critical, because these groups are in
 * use. 1,000 take 3 min.
 */
const OPENINGS = effort(60, 200);
const IN_USE = 5;

/** Number of concurrent calls. */
const AT_ONCE = 20;

function nameOf(number: number): string {
  return `service-${number}`;
}

const groups = Array.from({ length: OPENINGS }, (_, number) => ({
  name: nameOf(number),
  description: 'one of many',
  ...(number < IN_USE && { interfaces: [{ description: 'web', publicIp: '198.51.100.7' }] }),
}));

/** The beginning of a minute, so that all openings are in one minute. */
const clock = new VirtualClock(Date.parse('2026-05-04T09:00:00Z'));

let shop: Awaited<ReturnType<typeof openShop>>;

beforeAll(async () => {
  shop = await openShopUnder((policy) => ({ ...policy, alerts: DEFAULTS.alerts }), {
    clock,
    // openings-burst.test.ts tests EC2's rate limits. Here all openings have to be within one minute.
    throttling: 'off',
    estate: { vpcs: [{ name: 'shop', cidr: '10.0.0.0/8', groups }] },
  });
});
afterAll(async () => {
  await shop.close();
});

/** Distinct messages. A message is sent again if its answer is lost. */
function told(): readonly string[] {
  return [...new Set(shop.local.messages.map(({ message }) => message))];
}

/** All items of plans in the ledger. */
async function plansOnRecord(): Promise<readonly (string | undefined)[]> {
  const client = new DynamoDBClient(shop.settings());
  const statuses: (string | undefined)[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName: 'portcullis-ledger' }))
    statuses.push(...Items.filter(({ record }) => /^plan#[^#]+$/.test(record?.S ?? '')).map(({ status }) => status?.S));
  client.destroy();
  return statuses;
}

async function open(from: number): Promise<void> {
  const numbers = Array.from({ length: AT_ONCE }, (_, index) => from + index);
  await Promise.all(numbers.map(async (number) => await shop.authorize(nameOf(number), tcp(22, '0.0.0.0/0'))));
  await shop.delivery.drain();
}

it(`${OPENINGS} openings in a minute are all closed, and people get 10 messages, the critical ones and a digest`, async () => {
  for (let from = 0; from < OPENINGS; from += AT_ONCE) await open(from);
  const inbound = [...shop.local.account.region('eu-west-1').rules.values()].filter(
    ({ direction, source }) => direction === 'ingress' && source.kind === 'ipv4',
  );
  const storm = told().length;
  expect([inbound, shop.delivery.failures]).toEqual([[], []]);
  expect(storm).toBe(DEFAULTS.alerts.perMinute + IN_USE);
  expect(await plansOnRecord()).toEqual(Array.from({ length: OPENINGS }, () => 'done'));
  expect(new Set(shop.local.account.busEvents.map(({ detail }) => String(JSON.parse(detail).planId))).size).toBe(
    OPENINGS,
  );

  await clock.advance(180_000);
  await shop.tick();
  const digest = told().slice(storm);
  expect(digest).toEqual([
    expect.stringContaining(`${OPENINGS - storm} outcomes in one message: ${OPENINGS - storm} closed`),
  ]);
  await clock.advance(300_000);
  await shop.tick();
  expect(told()).toHaveLength(storm + 1);
  expect(shop.delivery.failures).toEqual([]);
});
