import { afterEach, describe, expect, it } from 'vitest';
import { type LocalPagerDuty, type PagerDutyOptions, startPagerDuty } from '../../../../infra/local/fakes/pagerduty.ts';
import type { ChannelEnvironment } from '../../../../infra/local/faults.ts';
import { inProcess } from '../in-process.ts';

const KEY = 'k'.repeat(32);

const open: LocalPagerDuty[] = [];
const { fetch, ...place } = inProcess();
async function start(options: Partial<PagerDutyOptions> = {}, more: Partial<ChannelEnvironment> = {}) {
  const pagerDuty = await startPagerDuty({ routingKeys: [KEY, 'R'.repeat(32)], ...options }, { ...place, ...more });
  open.push(pagerDuty);
  return pagerDuty;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map(async (pagerDuty) => await pagerDuty.close()));
});

async function post({ url }: LocalPagerDuty, path: string, body: object) {
  const response = await fetch(`${url}/v2/${path}`, { method: 'POST', body: JSON.stringify(body) });
  return { ...Object(await response.json()), status: response.status };
}

const payload = { summary: 'open', source: 'account', severity: 'critical' };
const trigger = { routing_key: KEY, event_action: 'trigger', dedup_key: 'a', payload };
function follow(action: string, dedupKey = 'a') {
  return { routing_key: KEY, event_action: action, dedup_key: dedupKey };
}

describe('the local PagerDuty', () => {
  it('opens one alert for two triggers with the same key, and another one after it was resolved', async () => {
    const pagerDuty = await start();
    for (const event of [trigger, trigger, follow('resolve'), trigger]) {
      expect(await post(pagerDuty, 'enqueue', event)).toMatchObject({ status: 202, dedup_key: 'a' });
    }
    expect(pagerDuty.alerts).toMatchObject([
      { status: 'resolved', triggers: 2 },
      { status: 'triggered', triggers: 1 },
    ]);
  });

  it('ignores events for an alert that was never triggered', async () => {
    const pagerDuty = await start();
    expect(await post(pagerDuty, 'enqueue', follow('resolve'))).toMatchObject({ status: 202 });
    expect(pagerDuty.alerts).toEqual([]);
  });

  it('keeps an acknowledged alert acknowledged when it is triggered again', async () => {
    const pagerDuty = await start();
    for (const event of [trigger, follow('acknowledge'), trigger]) await post(pagerDuty, 'enqueue', event);
    expect(pagerDuty.alerts).toMatchObject([{ status: 'acknowledged', triggers: 2 }]);
  });

  it.each([
    ["'payload.summary' is missing or blank", { ...trigger, payload: { ...payload, summary: '' } }],
    ["'payload.summary' is too long", { ...trigger, payload: { ...payload, summary: 'x'.repeat(1025) } }],
    ["'payload.source' is missing or blank", { ...trigger, payload: { ...payload, source: undefined } }],
    ["'payload.severity' is invalid", { ...trigger, payload: { ...payload, severity: 'high' } }],
    ["'payload.timestamp' is invalid", { ...trigger, payload: { ...payload, timestamp: 'today' } }],
    ["'payload.custom_details' must be an object", { ...trigger, payload: { ...payload, custom_details: [] } }],
    ["'payload.component' must be a string", { ...trigger, payload: { ...payload, component: 1 } }],
    ["'dedup_key' is too long", { ...trigger, dedup_key: 'x'.repeat(256) }],
    ["'dedup_key' is missing or blank", { routing_key: KEY, event_action: 'resolve' }],
    ["'event_action' is invalid", { ...trigger, event_action: 'open' }],
    ["'routing_key' is missing or blank", { ...trigger, routing_key: undefined }],
    ["Length of 'routing_key' is incorrect", { ...trigger, routing_key: 'k' }],
    ['Invalid routing key', { ...trigger, routing_key: 'x'.repeat(32) }],
    ["'links' must be an array", { ...trigger, links: [{ text: 'x' }] }],
    ['larger than 524288 bytes', { ...trigger, payload: { ...payload, custom_details: { x: 'x'.repeat(524_288) } } }],
  ])('refuses an invalid alert: %s', async (reason, event) => {
    const pagerDuty = await start();
    const { status, errors } = await post(pagerDuty, 'enqueue', event);
    expect([status, String(errors)]).toEqual([400, expect.stringContaining(reason)]);
    expect(pagerDuty.alerts).toEqual([]);
  });

  it('accepts change events, which open no alert, but not with the key of a ruleset', async () => {
    const pagerDuty = await start();
    const change = { routing_key: KEY, payload: { summary: 'closed' } };
    expect(await post(pagerDuty, 'change/enqueue', change)).toMatchObject({ status: 202 });
    expect(await post(pagerDuty, 'change/enqueue', { ...change, routing_key: 'R'.repeat(32) })).toMatchObject({
      status: 400,
    });
    expect([pagerDuty.alerts, pagerDuty.changes]).toEqual([[], [change]]);
  });

  it('accepts 120 events a minute for one key', async () => {
    let now = 0;
    const pagerDuty = await start({}, { clock: { now: () => now } });
    for (let i = 0; i < 120; i += 1) {
      expect(await post(pagerDuty, 'enqueue', trigger)).toMatchObject({ status: 202 });
    }
    expect(await post(pagerDuty, 'enqueue', trigger)).toMatchObject({ status: 429 });
    now = 60_000;
    expect(await post(pagerDuty, 'enqueue', trigger)).toMatchObject({ status: 202 });
  });

  it('applies faults', async () => {
    const draws = [0, 0];
    const faults = { ratio: 0.5, random: () => draws.shift() ?? 0.9, kinds: ['reset-after'] as const };
    const pagerDuty = await start({ faults });
    await expect(post(pagerDuty, 'enqueue', trigger)).rejects.toThrow('fetch failed');
    await post(pagerDuty, 'enqueue', trigger);
    expect(pagerDuty.alerts).toMatchObject([{ triggers: 2 }]);
  });
});
