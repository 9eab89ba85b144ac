import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LEDGER, ROLE_KEY } from '../../infra/local/cell/run-cell.ts';
import type { CallRecord } from '../../infra/local/dispatch.ts';
import { loadEstate } from '../../infra/local/estate/load-estate.ts';
import { effort } from '../effort.ts';
import { REGION } from './requests.ts';
import { openShop, tcp } from './shop.ts';

let shop: Awaited<ReturnType<typeof openShop>>;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(async () => await shop.close());

/** Lambda's pause before the second attempt. */
const RETRY_MS = 60_000;

let made = 0;

/**
 * Opens SSH in a new group and waits for the end; returns the group, the duration, and the functions' calls.
 */
async function openAndSettle() {
  made += 1;
  const name = `crash-${made}`;
  loadEstate(shop.local.account, { vpcs: [{ name, cidr: '10.40.0.0/16', groups: [{ name }] }] }, REGION);
  await shop.record();
  const [groupId, startedAt, begun] = [shop.groupId(name), shop.clock.now(), shop.local.calls.length];
  await shop.authorize(name, tcp(22, '0.0.0.0/0'));
  await shop.delivery.drain();
  const tookMs = shop.clock.now() - startedAt;
  const calls = shop.local.calls.slice(begun).filter(({ accessKeyId }) => accessKeyId === ROLE_KEY);
  return { groupId, tookMs, calls };
}

/** Inbound rules of the group. */
function inbound(groupId: string): number {
  const { rules } = shop.local.account.region(REGION);
  return [...rules.values()].filter((rule) => rule.groupId === groupId && rule.direction === 'ingress').length;
}

/** Messages about the group, by the id with which channels detect duplicates. */
function told(groupId: string): ReadonlySet<string> {
  const about = shop.local.messages.filter(({ message }) => message.includes(groupId));
  return new Set(about.map(({ attributes }) => attributes['dedupId']?.value ?? ''));
}

/** Statuses of the group's plans in the ledger. */
async function statuses(groupId: string): Promise<readonly (string | undefined)[]> {
  const client = new DynamoDBClient(shop.settings());
  const found: (string | undefined)[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName: LEDGER }))
    for (const { record, subject, status } of Items)
      if (subject?.S === groupId && /^plan#[^#]+$/.test(record?.S ?? '')) found.push(status?.S);
  client.destroy();
  return found;
}

type Crash = Pick<CallRecord, 'service' | 'operation'> & { readonly nth: number };

/** Every call of an opening without faults. The function crashes at each of them in turn. */
async function places(): Promise<readonly Crash[]> {
  await openAndSettle();
  const { calls } = await openAndSettle();
  return calls.map(({ service, operation }, index) => {
    const before = calls.slice(0, index).filter((one) => one.service === service && one.operation === operation);
    return { service, operation, nth: before.length + 1 };
  });
}

it('a function that crashes before or after any of its calls leaves nothing open or unsettled, and people are notified', async () => {
  const all = await places();
  const some = all.filter((_place, index) => index % effort(2, 1) === 0);
  const struck: string[] = [];
  for (const kind of ['crash-before', 'crash-after'] as const)
    for (const place of some) {
      const fault = { ...place, kind, accessKeyId: ROLE_KEY };
      shop.local.faults.push(fault);
      const { groupId, tookMs } = await openAndSettle();
      shop.local.faults.length = 0;
      const what = `${kind} ${place.operation} ${place.nth}`;
      if (tookMs >= RETRY_MS) struck.push(what);
      expect([what, inbound(groupId), await statuses(groupId)]).toEqual([what, 0, ['done']]);
      expect([what, told(groupId).size]).toEqual([what, 1]);
    }
  expect(shop.delivery.failures).toEqual([]);
  expect(all.length).toBeGreaterThan(15);
  expect(struck.length).toBeGreaterThan(some.length);
});
