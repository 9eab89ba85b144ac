import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ChannelRefused } from '../../../shared/domain/errors.ts';
import type { Clock, Fetch, Http } from '../../../shared/domain/runtime.ts';
import { post } from '../../../shared/notifications/channels/http.ts';
import { pagerDutySender } from '../../../shared/notifications/channels/pagerduty.ts';
import { slackApi } from '../../../shared/notifications/channels/slack/api.ts';
import { webhookPoster } from '../../../shared/notifications/channels/webhook.ts';
import { systemClock, systemHttp } from '../../system.ts';
import { answeringServer } from './answering-server.ts';

const TOKEN = 'xoxb-a-token-that-nobody-may-see';
const MESSAGE = { text: 'Closed SSH', blocks: [{ type: 'divider' }] };

let server: Awaited<ReturnType<typeof answeringServer>>;
beforeEach(async () => {
  server = await answeringServer();
});
afterEach(async () => {
  await server.close();
});

/** What a call refused with. */
async function refusalOf(call: Promise<unknown>): Promise<ChannelRefused> {
  const error: unknown = await call.then(
    () => 'nothing',
    (thrown: unknown) => thrown,
  );
  if (error instanceof ChannelRefused) return error;
  throw new Error(`expected a refusal, got ${String(error)}`);
}

/** Waits 30 ms in place of 5 s. */
const impatient: Http = { fetch, clock: { ...systemClock, timeout: () => AbortSignal.timeout(30) } };

function bot(botToken: string | undefined = TOKEN, by: Http = systemHttp) {
  return slackApi({ ...by, api: `${server.url}/api`, botToken });
}

describe('a call over HTTP', () => {
  const call = async (by: Http = systemHttp, url = `${server.url}/secret`) =>
    await post(by, { channel: 'slack', url, body: { a: 'ä' } });

  it('sends JSON in UTF-8, and returns the response', async () => {
    server.answers({ status: 202, body: 'taken' });
    expect(await call()).toEqual({ text: 'taken' });
    expect(server.seen).toMatchObject([
      { path: '/secret', headers: { 'content-type': 'application/json; charset=utf-8' }, body: { a: 'ä' } },
    ]);
  });

  it.each([
    [429, { 'retry-after': '7' }, '', 'http_429', true, 7000],
    [429, {}, '', 'http_429', true, undefined],
    [429, { 'retry-after': 'soon' }, '', 'http_429', true, undefined],
    [429, { 'retry-after': '999999' }, '', 'http_429', true, 3_600_000],
    [503, { 'retry-after': '2' }, 'unavailable', 'unavailable', true, 2000],
    [500, {}, '<html>', 'http_500', true, undefined],
    [408, {}, '', 'http_408', true, undefined],
    [400, { 'retry-after': '2' }, 'invalid_payload', 'invalid_payload', false, undefined],
    [404, {}, 'no_service', 'no_service', false, undefined],
    [403, {}, `your token ${TOKEN} is wrong`, 'http_403', false, undefined],
    [302, { location: 'https://elsewhere.example.com' }, '', 'http_302', false, undefined],
    [307, { location: '/again' }, '', 'http_307', false, undefined],
  ] as const)('refused with %i %j %j is %s', async (status, headers, body, code, retryable, retryAfterMs) => {
    server.answers({ status, headers, body });
    expect(await refusalOf(call())).toMatchObject({ code, retryable, retryAfterMs });
    expect(server.seen).toHaveLength(1);
  });

  it('accepts a date as Retry-After', async () => {
    const clock = { ...systemClock, now: () => Date.parse('2026-05-01T12:00:00Z') };
    server.answers({ status: 429, headers: { 'retry-after': 'Fri, 01 May 2026 12:00:09 GMT' } });
    expect(await refusalOf(call({ fetch, clock }))).toMatchObject({ retryAfterMs: 9000 });
  });

  it('is retryable if it is interrupted, unanswered or impossible', async () => {
    server.answers({ isBroken: true });
    expect(await refusalOf(call())).toMatchObject({ code: 'network', retryable: true });
    server.answers({ isSilent: true });
    expect(await refusalOf(call(impatient))).toMatchObject({ code: 'timeout', retryable: true });
    expect(await refusalOf(call(systemHttp, 'https://127.0.0.1:1/'))).toMatchObject({
      code: 'network',
      retryable: true,
    });
  });

  it('times out after 5 seconds', async () => {
    const timeout = vi.fn<Clock['timeout']>((ms) => AbortSignal.timeout(ms));
    await call({ fetch, clock: { ...systemClock, timeout } });
    expect(timeout.mock.calls).toEqual([[5000]]);
  });

  it.each([
    ['http://hooks.example.com/x', 'not_https'],
    ['http://127.0.0.1.example.com/x', 'not_https'],
    ['http://localhost@example.com/x', 'not_https'],
    ['ftp://127.0.0.1/x', 'not_https'],
    ['file:///etc/passwd', 'not_https'],
    ['not an address', 'no_address'],
  ])('does not go to %s', async (url, code) => {
    const never = vi.fn<Fetch>();
    expect(await refusalOf(call({ ...systemHttp, fetch: never }, url))).toMatchObject({ code, retryable: false });
    expect(never).not.toHaveBeenCalled();
  });

  it.each(['https://hooks.example.com/x', 'http://localhost:1/x', 'http://127.0.0.1:1/x', 'http://[::1]:1/x'])(
    'may go to %s',
    async (url) => {
      expect(await call({ ...systemHttp, fetch: async () => new Response('ok') }, url)).toEqual({ text: 'ok' });
    },
  );
});

describe('Slack', () => {
  it('is called with the token, and returns the timestamp of the message', async () => {
    server.answers({ body: '{"ok":true,"ts":"1777636800.000100"}' });
    expect(await bot().post('C0123456789', MESSAGE)).toBe('1777636800.000100');
    expect(await bot().post('C0123456789', MESSAGE, '1777636800.000001')).toBe('1777636800.000100');
    const said = { channel: 'C0123456789', ...MESSAGE, unfurl_links: false, unfurl_media: false };
    expect(server.seen).toMatchObject([
      { path: '/api/chat.postMessage', headers: { authorization: `Bearer ${TOKEN}` }, body: said },
      { body: { ...said, thread_ts: '1777636800.000001' } },
    ]);
    expect(server.seen[0]?.body).not.toHaveProperty('thread_ts');
  });

  it('replaces a message', async () => {
    server.answers({ body: '{"ok":true}' });
    await bot().update('C0123456789', '1777636800.000100', MESSAGE);
    expect(server.seen).toMatchObject([
      { path: '/api/chat.update', body: { channel: 'C0123456789', ts: '1777636800.000100', ...MESSAGE } },
    ]);
  });

  it.each([
    ['{"ok":false,"error":"ratelimited"}', 'ratelimited', true],
    ['{"ok":false,"error":"internal_error"}', 'internal_error', true],
    ['{"ok":false,"error":"service_unavailable"}', 'service_unavailable', true],
    ['{"ok":false,"error":"invalid_auth"}', 'invalid_auth', false],
    ['{"ok":false,"error":"channel_not_found"}', 'channel_not_found', false],
    ['{"ok":false,"error":"<!channel> xoxb"}', 'unknown', false],
    ['{"ok":false}', 'unknown', false],
    ['{"ok":"true","ts":"1"}', 'unknown', false],
    ['{"ok":true}', 'unreadable_answer', true],
    ['<html>', 'unreadable_answer', true],
    ['null', 'unreadable_answer', true],
  ])('refuses with status 200: %s', async (body, code, retryable) => {
    server.answers({ body });
    expect(await refusalOf(bot().post('C0123456789', MESSAGE))).toMatchObject({ code, retryable });
  });

  it('is not called without a token', async () => {
    const refusal = await refusalOf(
      slackApi({ ...systemHttp, api: server.url, botToken: undefined }).post('C1', MESSAGE),
    );
    expect(refusal).toMatchObject({ code: 'no_bot_token', retryable: false });
    expect(server.seen).toEqual([]);
  });

  it('accepts a message at a webhook, without a token', async () => {
    server.answers({ body: 'ok' });
    await webhookPoster(systemHttp)(`${server.url}/services/T0/B0/x`, MESSAGE);
    expect(server.seen).toMatchObject([{ path: '/services/T0/B0/x', body: MESSAGE }]);
    expect(server.seen[0]?.headers).not.toHaveProperty('authorization');
    server.answers({ status: 410, body: 'channel_is_archived' });
    expect(await refusalOf(webhookPoster(systemHttp)(server.url, MESSAGE))).toMatchObject({
      code: 'channel_is_archived',
      retryable: false,
    });
  });
});

describe('PagerDuty', () => {
  it('gets alerts and changes at their own paths, with the routing key', async () => {
    server.answers({ status: 202 });
    const pager = pagerDutySender(server.url, systemHttp);
    await pager('key', { to: 'alert', body: { event_action: 'trigger' } });
    await pager('key', { to: 'change', body: { payload: {} } });
    expect(server.seen).toMatchObject([
      { path: '/v2/enqueue', body: { event_action: 'trigger', routing_key: 'key' } },
      { path: '/v2/change/enqueue', body: { payload: {}, routing_key: 'key' } },
    ]);
  });

  it('refuses an invalid event permanently', async () => {
    server.answers({ status: 400, body: '{"status":"invalid event"}' });
    expect(await refusalOf(pagerDutySender(server.url, systemHttp)('key', { to: 'alert', body: {} }))).toMatchObject({
      code: 'http_400',
      retryable: false,
    });
  });
});

describe('a secret', () => {
  const secrets = [TOKEN, 'T0/B0/x', 'a-routing-key'];

  it.each([
    ['is broken off', { isBroken: true }],
    ['is redirected', { status: 302, headers: { location: `https://example.com/${TOKEN}` } }],
    ['is refused with an echo', { status: 400, body: `${TOKEN} T0/B0/x a-routing-key` }],
    ['is refused in JSON with an echo', { body: `{"ok":false,"error":"${TOKEN}"}` }],
  ])('is in no error when a call %s', async (_what, answer) => {
    server.answers(answer);
    const refusals = await Promise.all(
      [
        bot().post('C0123456789', MESSAGE),
        bot().update('C0123456789', '1.1', MESSAGE),
        webhookPoster(systemHttp)(`${server.url}/services/T0/B0/x/404`, MESSAGE),
        pagerDutySender(server.url, systemHttp)('a-routing-key', { to: 'alert', body: {} }),
      ].map(
        async (call) =>
          await call.then(
            () => undefined,
            (error: unknown) => error,
          ),
      ),
    );
    for (const refusal of refusals) {
      const shown = `${String(refusal)} ${JSON.stringify(refusal)} ${refusal instanceof Error ? `${refusal.stack} ${String(refusal.cause)}` : ''}`;
      for (const secret of secrets) expect(shown).not.toContain(secret);
    }
  });

  it('is in no error if the token is not a valid header', async () => {
    const refusal = await refusalOf(bot(`${TOKEN}\nx`).post('C0123456789', MESSAGE));
    expect(refusal.code).toBe('network');
    expect(`${refusal.stack} ${String(refusal.cause)}`).not.toContain(TOKEN);
  });
});
