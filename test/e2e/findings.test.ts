import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openShop, tcp } from './shop.ts';

let shop: Awaited<ReturnType<typeof openShop>>;

beforeAll(async () => {
  shop = await openShop();
});
afterAll(async () => await shop.close());

const eventsOf = () => shop.local.account.busEvents.map(({ detail }): unknown => JSON.parse(detail));
const findings = () => [...shop.local.account.region('eu-west-1').findings.values()];

describe('what an opening leaves behind for other systems', () => {
  it('is one event and one finding that has passed, both under the id of the message', async () => {
    await shop.authorize('app', tcp(22, '0.0.0.0/0'));
    await shop.delivery.drain();
    const [event] = eventsOf();
    expect(shop.local.account.busEvents).toHaveLength(1);
    expect(event).toMatchObject({ status: 'done', group: { id: shop.groupId('app') }, rules: [{ fate: 'removed' }] });
    expect(findings()).toMatchObject([{ Compliance: { Status: 'PASSED' }, RecordState: 'ARCHIVED' }]);
    const { planId } = event as { planId: string };
    expect(findings()[0]?.Id).toBe(`portcullis/${planId}`);
    expect(shop.local.messages[0]?.attributes['dedupId']?.value).toBe(planId);
  });

  it('comes in the end where Security Hub fails at first, and nobody is told of another thing', async () => {
    const [events, told, found] = [eventsOf().length, shop.local.messages.length, findings().length];
    shop.local.faults.push({ service: 'securityhub', kind: 'internal-error', times: 5 });
    await shop.authorize('app', tcp(3389, '0.0.0.0/0'));
    await shop.delivery.drain();
    expect(findings()).toHaveLength(found + 1);
    const ids = (texts: readonly unknown[]) => new Set(texts);
    expect(ids(shop.local.messages.slice(told).map(({ attributes }) => attributes['dedupId']?.value)).size).toBe(1);
    expect(
      ids(
        eventsOf()
          .slice(events)
          .map((one) => Object(one).planId),
      ).size,
    ).toBe(1);
    expect(shop.delivery.failures).toEqual([]);
  });
});
