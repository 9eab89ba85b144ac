import { afterEach, describe, expect, it } from 'vitest';
import { type LocalSlack, type SlackOptions, startSlack } from '../../../../../infra/local/fakes/slack/slack.ts';
import type { ChannelEnvironment, ChannelFaults } from '../../../../../infra/local/faults.ts';
import { inProcess } from '../../in-process.ts';

const TOKEN = 'xoxb-1';
const CHANNEL = 'C0123456789';

const open: LocalSlack[] = [];
const { fetch, ...place } = inProcess();
async function start(options: Partial<SlackOptions> = {}, more: Partial<ChannelEnvironment> = {}) {
  const slack = await startSlack({ botToken: TOKEN, ...options }, { ...place, ...more });
  open.push(slack);
  return slack;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map(async (slack) => await slack.close()));
});

async function call({ url }: LocalSlack, method: string, body: object, token = TOKEN) {
  const response = await fetch(`${url}/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  const answer: unknown = response.headers.get('content-type')?.includes('json') ? await response.json() : {};
  return { status: response.status, retryAfter: response.headers.get('retry-after'), ...Object(answer) };
}

async function send(url: string, body: unknown) {
  const response = await fetch(url, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });
  return `${response.status} ${await response.text()}`;
}

const hello = { channel: CHANNEL, text: 'hello' };
function drawing(...values: readonly number[]) {
  const left = [...values];
  return () => left.shift() ?? 0.99;
}

describe('chat.postMessage', () => {
  it('stores a message, and a reply in its thread', async () => {
    const slack = await start();
    const { ts } = await call(slack, 'chat.postMessage', hello);
    expect(await call(slack, 'chat.postMessage', { ...hello, thread_ts: ts })).toMatchObject({ ok: true });
    expect(slack.messages).toMatchObject([{ ts, by: 'bot', text: 'hello' }, { threadTs: ts }]);
  });

  it.each([
    ['invalid_auth', hello, 'xoxb-2'],
    ['channel_not_found', { ...hello, channel: 'C1' }, TOKEN],
    ['not_in_channel', { ...hello, channel: 'C2' }, TOKEN],
    ['is_archived', { ...hello, channel: 'C3' }, TOKEN],
    ['thread_not_found', { ...hello, thread_ts: '1.000001' }, TOKEN],
    ['no_text', { channel: CHANNEL }, TOKEN],
    ['invalid_blocks', { ...hello, blocks: [{ type: 'header' }] }, TOKEN],
  ])('answers %s', async (error, body, token) => {
    const slack = await start({ channels: { [CHANNEL]: 'joined', C2: 'not-joined', C3: 'archived' } });
    expect(await call(slack, 'chat.postMessage', body, token)).toMatchObject({ status: 200, ok: false, error });
    expect(slack.messages).toEqual([]);
  });

  it('accepts a burst of five, then one a second in each channel, and states when to retry', async () => {
    let now = 1_000_000;
    const slack = await start({ channels: { [CHANNEL]: 'joined', C2: 'joined' } }, { clock: { now: () => now } });
    for (let i = 0; i < 5; i += 1) expect(await call(slack, 'chat.postMessage', hello)).toMatchObject({ ok: true });
    const refused = await call(slack, 'chat.postMessage', hello);
    expect(refused).toMatchObject({ status: 429, retryAfter: '1', ok: false, error: 'ratelimited' });
    expect(await call(slack, 'chat.postMessage', { ...hello, channel: 'C2' })).toMatchObject({ ok: true });
    now += 1000;
    expect(await call(slack, 'chat.postMessage', hello)).toMatchObject({ ok: true });
    expect(await call(slack, 'chat.postMessage', hello)).toMatchObject({ status: 429 });
    expect(slack.messages).toHaveLength(7);
  });
});

describe('chat.update', () => {
  it('replaces the text of a message of the bot', async () => {
    const slack = await start();
    const { ts } = await call(slack, 'chat.postMessage', hello);
    expect(await call(slack, 'chat.update', { ...hello, ts, text: 'bye' })).toMatchObject({ ok: true, ts });
    expect(slack.messages).toMatchObject([{ ts, text: 'bye', edits: 1 }]);
  });

  it('does not change an unknown message or a message of a webhook', async () => {
    const slack = await start();
    expect(await send(slack.webhook(CHANNEL), { text: 'x' })).toBe('200 ok');
    const { ts } = slack.messages[0]!;
    expect(await call(slack, 'chat.update', { ...hello, ts })).toMatchObject({ error: 'cant_update_message' });
    expect(await call(slack, 'chat.update', { ...hello, ts: '1.1' })).toMatchObject({ error: 'message_not_found' });
  });
});

describe('usergroups.users.list', () => {
  it('lists the members of the group in the query, and accepts no JSON', async () => {
    const slack = await start({ userGroups: { S1: ['U1', 'U2'] } });
    const headers = { authorization: `Bearer ${TOKEN}` };
    const answer = await fetch(`${slack.url}/usergroups.users.list?usergroup=S1`, { headers });
    expect(await answer.json()).toEqual({ ok: true, users: ['U1', 'U2'] });
    expect(await call(slack, 'usergroups.users.list', { usergroup: 'S1' })).toMatchObject({ error: 'no_such_subteam' });
  });
});

describe('a webhook', () => {
  it('answers in plain text', async () => {
    const slack = await start({ channels: { [CHANNEL]: 'joined', C3: 'archived' } });
    const url = slack.webhook(CHANNEL);
    expect(await send(url, { text: 'x' })).toBe('200 ok');
    expect(await send(url, '{')).toBe('400 invalid_payload');
    expect(await send(url, {})).toBe('400 no_text');
    expect(await send(url, { text: 'x', blocks: [{ type: 'header' }] })).toBe('400 invalid_blocks');
    expect(await send(`${url}0`, { text: 'x' })).toBe('404 no_service');
    expect(await send(slack.webhook('C3'), { text: 'x' })).toBe('410 channel_is_archived');
    expect(slack.messages).toMatchObject([{ by: 'webhook', text: 'x' }]);
  });
});

describe('a response_url', () => {
  it('accepts five answers', async () => {
    const slack = await start();
    const url = slack.responseUrl(CHANNEL);
    for (let i = 0; i < 5; i += 1) expect(await send(url, { text: 'x' })).toBe('200 ok');
    expect(await send(url, { text: 'x' })).toBe('404 {"ok":false,"error":"used_url"}');
  });

  it('accepts answers for half an hour', async () => {
    let now = 0;
    const slack = await start({}, { clock: { now: () => now } });
    const url = slack.responseUrl(CHANNEL);
    now = 1_800_000;
    expect(await send(url, { text: 'x' })).toBe('200 ok');
    now += 1;
    expect(await send(url, { text: 'x' })).toBe('404 {"ok":false,"error":"expired_url"}');
  });
});

describe('a fault', () => {
  const faulty = async (kinds: ChannelFaults['kinds']) =>
    await start({ faults: { ratio: 0.3, random: drawing(0.1, 0), ...(kinds && { kinds }) } });

  it.each([
    ['error', 500],
    ['throttle', 429],
  ] as const)('of %s is an answer of %s, and stores nothing', async (kind, status) => {
    const slack = await faulty([kind]);
    expect(await call(slack, 'chat.postMessage', hello)).toMatchObject({ status });
    expect(slack.messages).toEqual([]);
    expect(await call(slack, 'chat.postMessage', hello)).toMatchObject({ ok: true });
    expect(slack.requests).toBe(2);
  });

  it('breaks the connection before or after the message is stored', async () => {
    const [before, after] = [await faulty(['reset-before']), await faulty(['reset-after'])];
    await expect(call(before, 'chat.postMessage', hello)).rejects.toThrow('fetch failed');
    await expect(call(after, 'chat.postMessage', hello)).rejects.toThrow('fetch failed');
    expect([before.messages.length, after.messages.length]).toEqual([0, 1]);
  });

  it('makes a caller without a timeout of its own wait', async () => {
    const slack = await faulty(['hang']);
    const signal = place.clock.timeout(100);
    await expect(fetch(`${slack.url}/chat.postMessage`, { method: 'POST', signal })).rejects.toThrow('timeout');
  });

  it('applies to three requests in ten at a ratio of 0.3', async () => {
    let seed = 7;
    const random = () => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const slack = await start(
      { faults: { ratio: 0.3, random, kinds: ['error'] } },
      { clock: { now: () => slack.requests * 1000 } },
    );
    let failed = 0;
    for (let i = 0; i < 300; i += 1) {
      const { status } = await call(slack, 'chat.postMessage', hello);
      failed += status === 500 ? 1 : 0;
    }
    expect(failed).toBeGreaterThan(70);
    expect(failed).toBeLessThan(110);
    expect(slack.messages).toHaveLength(300 - failed);
  });
});
