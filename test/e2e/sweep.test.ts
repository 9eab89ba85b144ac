import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { doorName, SWEEPS } from '../../shared/catalogue.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import { REGION, requestsTo } from './requests.ts';
import { type openShop, openShopUnder, tcp } from './shop.ts';

let shop: Awaited<ReturnType<typeof openShop>>;

/** A policy that also closes existing rules. */
function closingAll(policy: Policy): Policy {
  return {
    ...policy,
    controls: Object.fromEntries(
      Object.entries(policy.controls).map(([id, options]) => [
        id,
        id === 'world-open-admin' || id === 'world-open-cache' ? { ...options, existing: 'enforce' } : options,
      ]),
    ),
    budget: { removalsPerHour: 100, sweepShare: 1 },
  };
}

beforeAll(async () => {
  shop = await openShopUnder(closingAll);
  // From here on, every event is lost.
  shop.delivery.stop();
});

afterAll(async () => {
  await shop.close();
});

function inputOf(name: string): object {
  return SWEEPS[name]?.request ?? {};
}

function subjects(): readonly string[] {
  return shop.local.messages.map(({ subject }) => subject ?? '');
}

async function world(name: string) {
  return (await shop.rules(name)).filter(({ CidrIpv4, FromPort }) => CidrIpv4 === '0.0.0.0/0' && FromPort !== 443);
}

describe('a sweep through the real SDK and the bundled functions, with every event lost', () => {
  it('closes everything, with exactly one alert for each remediation, and the next sweep adds none', async () => {
    await shop.authorize('app', tcp(22, '0.0.0.0/0'), tcp(6379, '0.0.0.0/0'));
    await shop.authorize('web', tcp(3389, '0.0.0.0/0'));
    expect((await world('app')).filter(({ IsEgress }) => !IsEgress)).toHaveLength(2);
    await shop.tick(inputOf('Sweep'));
    const open = [...(await world('app')), ...(await world('web'))].filter(({ IsEgress }) => !IsEgress);
    expect(open).toEqual([]);
    expect(subjects().filter((subject) => /^Closed .* app$/.test(subject))).toHaveLength(1);
    expect(subjects().filter((subject) => /^Closed .* web$/.test(subject))).toHaveLength(1);
    const told = subjects().length;
    await shop.tick(inputOf('Sweep'));
    expect(subjects()).toHaveLength(told);
    expect(shop.delivery.failures).toEqual([]);
  });

  it('closes rules with a prefix list that contains the world, whose entries it reads once', async () => {
    await shop.authorize('app', {
      IpProtocol: 'tcp',
      FromPort: 22,
      ToPort: 22,
      PrefixListIds: [{ PrefixListId: shop.prefixListId() }],
    });
    const before = shop.local.calls.length;
    await shop.tick(inputOf('Sweep'));
    const swept = shop.local.calls.slice(before).map(({ operation }) => operation);
    const sweeping = swept.slice(0, swept.indexOf('Invoke'));
    expect(sweeping.filter((operation) => /SecurityGroup|PrefixList/.test(operation))).toEqual([
      'DescribeSecurityGroups',
      expect.stringMatching(/PrefixList/),
      expect.stringMatching(/PrefixList/),
    ]);
    expect((await shop.rules('app')).filter(({ PrefixListId }) => PrefixListId !== undefined)).toEqual([]);
    expect(shop.delivery.failures).toEqual([]);
  });

  it('sends the digest once a day, in one message', async () => {
    const told = shop.local.messages.length;
    await shop.tick(inputOf('SweepWithDigest'));
    const news = shop.local.messages.slice(told);
    expect(news.map(({ subject }) => subject)).toEqual([expect.stringMatching(/^Daily digest: \d+ findings open, /)]);
    expect(news[0]?.message).toContain('Only observed: this is what would be closed or told:');
    expect(shop.delivery.failures).toEqual([]);
  });
});

describe('a series of changes whose events are late', () => {
  let lost: Awaited<ReturnType<typeof openShop>>;

  beforeAll(async () => {
    lost = await openShopUnder(closingAll);
    lost.delivery.stop();
  });
  afterAll(async () => {
    await lost.close();
  });

  const alerts = () => lost.local.messages.map(({ attributes }) => attributes['dedupId']?.value ?? '');
  const standing = async () => (await Promise.all(['app', 'web'].map(async (name) => await lost.rules(name)))).flat();
  const contents = async () =>
    (await standing()).map((rule) =>
      [rule.GroupId, rule.FromPort, rule.CidrIpv4, rule.CidrIpv6, rule.IsEgress].join(' '),
    );
  const removed = () => lost.local.events.filter(({ detail }) => detail.eventName.startsWith('RevokeSecurityGroup'));

  it('is closed completely by one sweep, with one alert for each remediation', async () => {
    const before = await contents();
    const opened = [
      ...(await lost.authorize('app', tcp(22, '0.0.0.0/0'), tcp(6379, '0.0.0.0/0'))),
      ...(await lost.authorize('app', tcp(3389, '0.0.0.0/1', '128.0.0.0/1'))),
      ...(await lost.authorize('web', {
        IpProtocol: 'tcp',
        FromPort: 11_211,
        ToPort: 11_211,
        Ipv6Ranges: [{ CidrIpv6: '::/0' }],
      })),
      ...(await lost.authorize('web', tcp(22, '0.0.0.0/0'))),
    ];
    await lost.delivery.drain();
    expect([lost.delivery.delivered(), alerts().length, (await standing()).length]).toEqual([
      0,
      0,
      before.length + opened.length,
    ]);
    await lost.tick(inputOf('Sweep'));
    expect((await contents()).toSorted()).toEqual(before.toSorted());
    const { ask } = requestsTo(lost);
    const listed = await ask({ do: 'list', what: 'remediations', most: 50 });
    const lines = listed.kind === 'remediations' ? listed.lines : [];
    const done = lines.filter(({ status }) => status === 'done');
    expect(done.map(({ groupId }) => groupId).toSorted()).toEqual(
      [lost.groupId('app'), lost.groupId('web')].toSorted(),
    );
    // A remediation's id is its time, in ten characters, and the plan's id.
    expect(
      alerts()
        .map((planId) => planId.slice(0, 16))
        .toSorted(),
    ).toEqual(lines.map(({ id }) => id.slice(10)).toSorted());
  });

  it('causes no further alert when its events arrive twice, or after another sweep', async () => {
    const [told, calls] = [alerts(), removed().length];
    const late = [...lost.local.events];
    expect(late.length).toBeGreaterThanOrEqual(6);
    for (const event of [...late, ...late])
      lost.local.functions.invokeLater(doorName('onChange', 'events'), REGION, event);
    await lost.delivery.drain();
    await lost.tick(inputOf('Sweep'));
    expect(alerts()).toEqual(told);
    expect(removed()).toHaveLength(calls);
    expect(lost.delivery.failures).toEqual([]);
  });
});
