import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CANARY, STACK_NAME, SWEEPS } from '../../shared/catalogue.ts';
import { canaryGroup, markerCreatedAt, markerRule } from '../../shared/domain/canary.ts';
import { METRICS } from '../../shared/domain/metrics.ts';
import { by, REGION, reason, requestsTo } from './requests.ts';
import { openShop } from './shop.ts';

const CANARY_GROUP = canaryGroup(STACK_NAME);

let shop: Awaited<ReturnType<typeof openShop>>;

/** Log lines in CloudWatch's embedded metric format. */
const lines: Record<string, unknown>[] = [];

function note(line: string): void {
  const parsed: unknown = JSON.parse(line);
  if (typeof parsed === 'object' && parsed !== null && '_aws' in parsed) lines.push({ ...parsed });
}

beforeAll(async () => {
  shop = await openShop({ telemetry: note });
});

beforeEach(() => void lines.splice(0));

afterAll(async () => {
  await shop.close();
});

function values(name: string): readonly unknown[] {
  return lines.flatMap((line) => (name in line ? [line[name]] : []));
}

async function markers() {
  return await shop.rules(CANARY_GROUP.name);
}

/** Backdates the marker, because the functions use their own clock. */
function halfAnHourPasses(): void {
  const { rules } = shop.local.account.region(REGION);
  for (const [id, rule] of rules) {
    const at = markerCreatedAt(rule);
    const { description } = markerRule((at ?? 0) - CANARY.everyMinutes * 60_000);
    if (at !== undefined && description !== undefined) rules.set(id, { ...rule, description });
  }
}

describe('the canary through the real SDK and the bundled functions', () => {
  it('is added by on-grant, closed by on-change through its event, measured, and nobody is notified', async () => {
    await shop.tick(CANARY.request);
    expect(shop.groupId(CANARY_GROUP.name)).toMatch(/^sg-/);
    expect(await markers()).toEqual([]);
    const calls = shop.local.calls.map(({ operation }) => operation);
    expect(calls.filter((name) => name === 'AuthorizeSecurityGroupIngress')).toHaveLength(1);
    expect(calls.filter((name) => name === 'RevokeSecurityGroupIngress')).toHaveLength(1);
    expect(values(METRICS.canarySkipped)).toEqual([0]);
    expect(values(METRICS.timeToCloseCanary)).toEqual([expect.any(Number)]);
    expect(Number(values(METRICS.timeToCloseCanary)[0])).toBeLessThan(CANARY.lateMs);
    expect(values(METRICS.rulesRevoked)).toEqual([]);
    expect(shop.local.messages).toEqual([]);
    expect(shop.local.account.region(REGION).groups.size).toBe(4);
  });

  it('is found again the next time', async () => {
    await shop.tick(CANARY.request);
    expect(shop.local.calls.filter(({ operation }) => operation === 'CreateSecurityGroup')).toHaveLength(1);
    expect([await markers(), values(METRICS.timeToCloseCanary).length, shop.local.messages]).toEqual([[], 1, []]);
  });

  it('is added and closed although an exemption covers its group', async () => {
    const { ask } = requestsTo(shop);
    const scope = { groupId: shop.groupId(CANARY_GROUP.name) };
    const terms = { days: 1, owner: 'ann' };
    const given = await ask({ do: 'exempt', region: REGION, scope, terms, by, reason });
    if (given.kind !== 'exempted') throw new Error(JSON.stringify(given));
    await shop.tick(CANARY.request);
    expect([values(METRICS.canarySkipped), values(METRICS.timeToCloseCanary), await markers()]).toEqual([
      [0],
      [expect.any(Number)],
      [],
    ]);
    await ask({ do: 'end-exemption', id: given.exemption.id, by, reason });
  });

  it('stays while its event is lost, counts as late, and is closed by the sweep', async () => {
    const told = shop.local.messages.length;
    shop.delivery.stop();
    await shop.tick(CANARY.request);
    expect([(await markers()).length, values(METRICS.timeToCloseCanary)]).toEqual([1, []]);
    halfAnHourPasses();
    await shop.tick(CANARY.request);
    expect(await markers()).toHaveLength(1);
    await shop.tick(SWEEPS['Sweep']?.request ?? {});
    expect(await markers()).toEqual([]);
    const ages = values(METRICS.timeToCloseCanary).map(Number);
    expect(ages).toHaveLength(2);
    expect(Math.min(...ages)).toBeGreaterThanOrEqual(CANARY.lateMs);
    expect(JSON.stringify(shop.local.messages.slice(told))).not.toMatch(/canary/);
    expect(shop.delivery.failures).toEqual([]);
  });
});
