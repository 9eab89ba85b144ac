import { describe, expect, it } from 'vitest';
import type { Route } from '../../../shared/domain/delivery.ts';
import { CallFailed, ChannelRefused } from '../../../shared/domain/errors.ts';
import type { Call } from './fake-channels.ts';
import { messageOf, SLACK, START } from './samples.ts';
import { KEYS, world } from './world.ts';

const HOUR = 3_600_000;

const WITHOUT_PAGERDUTY = { ...KEYS, entries: { webhook: KEYS.entries.webhook ?? {} } };
const ONLY_SLACK = { ...KEYS, entries: {} };

function m(n: number, more: Parameters<typeof messageOf>[1] = {}) {
  return messageOf(`m-${n}`, { at: START + n, ...more });
}

/** Refuses the nth calls of a kind. */
function refusing(what: Call['what'], refusals: Readonly<Record<number, ChannelRefused>>) {
  let calls = 0;
  return (call: Call) => {
    if (call.what !== what) return;
    calls += 1;
    const refusal = refusals[calls];
    if (refusal !== undefined) throw refusal;
  };
}

function always(what: Call['what'], code: string, retryable = false) {
  return (call: Call) => {
    if (call.what === what) throw new ChannelRefused('slack', code, retryable);
  };
}

describe('an incident in Slack', () => {
  it('is one thread: later messages are replies, and the first message is edited', async () => {
    const { deliver, said } = world({ keys: ONLY_SLACK });
    expect(await deliver([m(1)])).toEqual([]);
    expect(await deliver([m(2), m(3)])).toEqual([]);
    expect(said()).toEqual([
      `post ${SLACK} m-1`,
      `post ${SLACK} m-2 in ts-of m-1`,
      `update ${SLACK} m-1, then m-2; now m-2 in ts-of m-1`,
      `post ${SLACK} m-3 in ts-of m-1`,
      `update ${SLACK} m-1, then m-2, m-3; now m-3 in ts-of m-1`,
    ]);
  });

  it('starts a new thread after 24 hours without a message', async () => {
    const { deliver, said } = world({ keys: ONLY_SLACK });
    for (const [n, hours] of [
      [1, 0],
      [2, 23],
      [3, 46],
      [4, 70],
    ] as const)
      await deliver([m(n, { at: START + hours * HOUR })]);
    expect(said().filter((line) => line.startsWith('post'))).toEqual([
      `post ${SLACK} m-1`,
      `post ${SLACK} m-2 in ts-of m-1`,
      `post ${SLACK} m-3 in ts-of m-1`,
      `post ${SLACK} m-4`,
    ]);
  });

  it('puts a late message in order of time', async () => {
    const { deliver, said } = world({ keys: ONLY_SLACK });
    await deliver([m(1), m(3)]);
    await deliver([m(2)]);
    expect(said().at(-1)).toBe(`update ${SLACK} m-1, then m-2, m-3; now m-3 in ts-of m-1`);
  });

  it('shows the state of the newest message when the oldest message arrives last', async () => {
    const { deliver, said } = world({ keys: ONLY_SLACK });
    await deliver([m(2)]);
    await deliver([m(1)]);
    expect(said().at(-1)).toBe(`update ${SLACK} m-2, then m-1; now m-2 in ts-of m-2`);
  });

  it('starts a new thread if somebody deleted its first message', async () => {
    const before = refusing('post', { 2: new ChannelRefused('slack', 'thread_not_found', false) });
    const { deliver, said } = world({ keys: ONLY_SLACK, before });
    await deliver([m(1), m(2), m(3)]);
    expect(said().slice(1)).toEqual([
      `post ${SLACK} m-2`,
      `post ${SLACK} m-3 in ts-of m-2`,
      `update ${SLACK} m-2, then m-3; now m-3 in ts-of m-2`,
    ]);
  });

  it('has a separate thread for each group', async () => {
    const { deliver, said } = world({ keys: ONLY_SLACK });
    await deliver([m(1), m(2, { thread: 'another' })]);
    expect(said()).toEqual([`post ${SLACK} m-1`, `post ${SLACK} m-2`]);
  });
});

describe('an edit that fails', () => {
  const gone = (retryable: boolean) => new ChannelRefused('slack', 'internal_error', retryable);

  it('makes the queue retry, and the retry repeats only the edit', async () => {
    const before = refusing('update', { 1: gone(true), 2: gone(true), 3: gone(true) });
    const { deliver, said } = world({ keys: ONLY_SLACK, before });
    expect(await deliver([m(1), m(2)])).toEqual(['1']);
    expect(await deliver([m(2)])).toEqual([]);
    expect(await deliver([m(2)])).toEqual([]);
    expect(said()).toEqual([
      `post ${SLACK} m-1`,
      `post ${SLACK} m-2 in ts-of m-1`,
      `update ${SLACK} m-1, then m-2; now m-2 in ts-of m-1`,
    ]);
  });

  it('is corrected by the next message of the thread', async () => {
    const before = refusing('update', { 1: gone(true), 2: gone(true), 3: gone(true) });
    const { deliver, said } = world({ keys: ONLY_SLACK, before });
    expect(await deliver([m(1), m(2)])).toEqual(['1']);
    expect(await deliver([m(3)])).toEqual([]);
    expect(await deliver([m(2)])).toEqual([]);
    expect(said().filter((line) => line.startsWith('update'))).toEqual([
      `update ${SLACK} m-1, then m-2, m-3; now m-3 in ts-of m-1`,
    ]);
    expect(said().filter((line) => line.startsWith('post'))).toHaveLength(3);
  });

  it('permanently is logged and not retried', async () => {
    const { deliver, journaled } = world({ keys: ONLY_SLACK, before: always('update', 'cant_update_message') });
    expect(await deliver([m(1), m(2)])).toEqual([]);
    expect(journaled()).toEqual([`delivered ${SLACK} m-1`, `unedited ${SLACK} m-2`, `delivered ${SLACK} m-2`]);
  });
});

describe('the rate of a channel', () => {
  it('is one message a second, independent of other channels', async () => {
    const times: Record<string, number[]> = {};
    const subject = world({
      before: ({ what, to }) => {
        if (what !== 'update') (times[to] ??= []).push(subject.clock.now() - START);
      },
    });
    await subject.deliver([1, 2, 3].map((n) => m(n, { thread: `${n}`, kind: 'failed', urgency: 'call' })));
    expect(times).toEqual({ [SLACK]: [0, 1000, 2000], 'pagerduty:default': [0, 1000, 2000] });
  });

  it('follows Slack’s Retry-After for every message to the channel, if the invocation has time', async () => {
    const before = refusing('post', { 1: new ChannelRefused('slack', 'ratelimited', true, 30_000) });
    const { deliver, said, clock } = world({ keys: ONLY_SLACK, before });
    expect(await deliver([m(1), m(2, { thread: 'another' })])).toEqual([]);
    expect(said()).toHaveLength(2);
    expect(clock.now()).toBe(START + 31_000);
  });

  it('returns the messages to the queue without a claim if the invocation has no time', async () => {
    const before = refusing('post', { 1: new ChannelRefused('slack', 'ratelimited', true, 90_000) });
    const { deliver, said, clock, journal } = world({ keys: ONLY_SLACK, before });
    expect(await deliver([m(1), m(2)])).toEqual(['0', '1']);
    expect(clock.now()).toBe(START);
    expect(journal.map((entry) => 'fault' in entry && String(entry.fault))).toEqual([
      `ChannelRefused: ${SLACK}: ratelimited`,
      `ChannelRefused: ${SLACK}: no_time_left`,
    ]);
    expect(await deliver([m(1), m(2)])).toEqual([]);
    expect(said().filter((line) => line.startsWith('post'))).toHaveLength(2);
  });

  it('leaves messages that the invocation has no time for to another invocation', async () => {
    const { deliver, said } = world({ keys: ONLY_SLACK });
    const messages = [1, 2, 3, 4].map((n) => m(n, { thread: `${n}` }));
    expect(await deliver(messages, 2500)).toEqual(['3']);
    expect(said()).toHaveLength(3);
  });

  it('retries a failure without Retry-After twice, then leaves the message to the queue', async () => {
    const { deliver, clock } = world({ keys: ONLY_SLACK, before: always('post', 'http_500', true) });
    expect(await deliver([m(1)])).toEqual(['0']);
    expect(clock.now()).toBe(START + 3000);
  });
});

describe('a bot that cannot post', () => {
  it.each([
    'invalid_auth',
    'account_inactive',
    'token_revoked',
    'channel_not_found',
    'not_in_channel',
    'is_archived',
    'missing_scope',
    'no_bot_token',
  ])('is stood in for by the webhook named default: %s', async (code) => {
    const { deliver, said, journaled } = world({ keys: WITHOUT_PAGERDUTY, before: always('post', code) });
    expect(await deliver([m(1), m(2)])).toEqual([]);
    expect(await deliver([m(1)])).toEqual([]);
    expect(said()).toEqual(['webhook webhook:default m-1', 'webhook webhook:default m-2']);
    expect(journaled().filter((line) => line.startsWith('fell-back'))).toHaveLength(2);
  });

  it('fails each delivery if there is no default webhook, so that the message ends in the dead-letter queue', async () => {
    const { deliver, journal } = world({ keys: ONLY_SLACK, before: always('post', 'is_archived') });
    expect(await deliver([m(1)])).toEqual(['0']);
    expect(await deliver([m(1)])).toEqual(['0']);
    expect(journal).toMatchObject([
      { what: 'refused' },
      { what: 'refused', channel: SLACK, fault: { retryable: false } },
    ]);
  });

  it('sends a message to the webhook once, for two channels and for a route to the webhook', async () => {
    const routes: readonly Route[] = [
      {
        to: [
          { kind: 'slack', name: 'C1' },
          { kind: 'webhook', name: 'default' },
          { kind: 'slack', name: 'C2' },
        ],
        last: false,
      },
    ];
    const { deliver, said } = world({ routes, before: always('post', 'token_revoked') });
    expect(await deliver([m(1)])).toEqual([]);
    expect(said()).toEqual(['webhook webhook:default m-1']);
  });

  it('continues the thread once the bot can post again', async () => {
    const before = refusing('post', { 2: new ChannelRefused('slack', 'not_in_channel', false) });
    const { deliver, said } = world({ keys: WITHOUT_PAGERDUTY, before });
    await deliver([m(1), m(2), m(3)]);
    expect(said().slice(0, 3)).toEqual([
      `post ${SLACK} m-1`,
      'webhook webhook:default m-2',
      `post ${SLACK} m-3 in ts-of m-1`,
    ]);
  });

  it('makes the queue retry if the webhook refuses the message, too', async () => {
    let isDown = true;
    const before = ({ what }: Call) => {
      if (what === 'post') throw new ChannelRefused('slack', 'invalid_auth', false);
      if (isDown) throw new ChannelRefused('webhook', 'http_503', true);
    };
    const { deliver, said } = world({ keys: WITHOUT_PAGERDUTY, before });
    expect(await deliver([m(1)])).toEqual(['0']);
    isDown = false;
    expect(await deliver([m(1)])).toEqual([]);
    expect(said()).toEqual(['webhook webhook:default m-1']);
  });
});

describe('the channels of one message', () => {
  const FAILED = m(1, { kind: 'failed', urgency: 'call' });

  it('are independent: a second delivery goes only to channels that lack the message', async () => {
    let isDown = true;
    const before = ({ what }: Call) => {
      if (what === 'pager' && isDown) throw new ChannelRefused('pagerduty', 'http_500', true);
    };
    const { deliver, said, journaled } = world({ before });
    expect(await deliver([FAILED])).toEqual(['0']);
    isDown = false;
    expect(await deliver([FAILED])).toEqual([]);
    expect(said()).toEqual([`post ${SLACK} m-1`, 'pager pagerduty:default alert trigger m-1']);
    expect(journaled()).toContain(`known ${SLACK} m-1`);
  });

  it('fail by name if the secret lacks them, and the others get the message', async () => {
    const routes: readonly Route[] = [
      {
        to: [
          { kind: 'webhook', name: 'constructor' },
          { kind: 'pagerduty', name: 'ops' },
          { kind: 'slack', name: 'C1' },
        ],
        last: false,
      },
    ];
    const { deliver, said, journal } = world({ routes });
    expect(await deliver([FAILED])).toEqual(['0']);
    expect(said()).toEqual(['post slack:C1 m-1']);
    expect(journal.flatMap((entry) => ('fault' in entry ? [String(entry.fault)] : [])).toSorted()).toEqual([
      'ChannelRefused: pagerduty:ops: not_in_secret',
      'ChannelRefused: webhook:constructor: not_in_secret',
    ]);
  });

  it('skip PagerDuty for a message without events, and send its events in order', async () => {
    const { deliver, said } = world();
    await deliver([m(1, { kind: 'digest' }), m(2, { kind: 'restored' })]);
    expect(said().filter((line) => line.startsWith('pager'))).toEqual([
      'pager pagerduty:default alert resolve m-2',
      'pager pagerduty:default change undefined m-2',
    ]);
  });
});

describe('the order of a batch', () => {
  it('is by the time of the messages', async () => {
    const { deliver, said } = world({ keys: ONLY_SLACK });
    await deliver([m(3), m(1), m(2)]);
    expect(said().filter((line) => line.startsWith('post'))).toEqual([
      `post ${SLACK} m-1`,
      `post ${SLACK} m-2 in ts-of m-1`,
      `post ${SLACK} m-3 in ts-of m-1`,
    ]);
  });

  it('blocks a thread after a temporary refusal of PagerDuty, which ignores the end of an unknown alert', async () => {
    let isDown = true;
    const before = ({ what }: Call) => {
      if (what === 'pager' && isDown) throw new ChannelRefused('pagerduty', 'http_500', true);
    };
    const { deliver, said, journal } = world({
      keys: { ...KEYS, entries: { pagerduty: KEYS.entries.pagerduty ?? {} } },
      before,
    });
    const messages = [m(1, { kind: 'failed', urgency: 'call' }), m(2)];
    expect((await deliver(messages)).toSorted()).toEqual(['0', '1']);
    expect(journal.map((entry) => 'fault' in entry && String(entry.fault))).toContain(
      'ChannelRefused: pagerduty:default: after_another',
    );
    isDown = false;
    expect(await deliver(messages.toReversed())).toEqual([]);
    expect(said().filter((line) => line.startsWith('pager'))).toEqual([
      'pager pagerduty:default alert trigger m-1',
      'pager pagerduty:default alert resolve m-2',
      'pager pagerduty:default change undefined m-2',
    ]);
  });
});

describe('a message without a channel', () => {
  it('fails without affecting other messages', async () => {
    const routes: readonly Route[] = [{ to: [{ kind: 'slack', name: 'C1' }], kinds: ['failed'], last: false }];
    const { deliver, journaled } = world({ routes, keys: { entries: {} } });
    expect(await deliver([m(1), m(2, { kind: 'failed' })])).toEqual(['0']);
    expect(journaled()).toEqual(['refused - m-1', 'delivered slack:C1 m-2']);
  });
});

describe('a message that the queue delivers twice', () => {
  it('reaches each channel once: in one batch, in sequence and concurrently', async () => {
    const subject = world();
    const message = m(1, { kind: 'failed', urgency: 'call' });
    await subject.deliver([message, message]);
    await subject.deliver([message]);
    const other = m(2, { kind: 'failed', urgency: 'call' });
    const all = Promise.all([1, 2, 3].map(async () => await subject.begin([other, other], 70_000)));
    expect(await subject.clock.run(all)).toEqual([[], [], []]);
    expect(subject.taken.filter(({ what }) => what !== 'update')).toHaveLength(4);
  });

  it('waits for the invocation that holds its thread, and is retried if that takes too long', async () => {
    const subject = world({ keys: ONLY_SLACK });
    await subject.deliveries.claim(SLACK, m(1), 'another');
    expect(await subject.deliver([m(1)])).toEqual(['0']);
    const waiting = subject.begin([m(1)], 70_000);
    const freeing = subject.clock.sleep(2000).then(() => subject.deliveries.release(SLACK, m(1), 'another'));
    expect((await subject.clock.run(Promise.all([waiting, freeing])))[0]).toEqual([]);
  });
});

describe('the secret', () => {
  it('fails the batch if it cannot be read, and nothing is delivered', async () => {
    const wrap = (ports: Parameters<NonNullable<NonNullable<Parameters<typeof world>[0]>['wrap']>>[0]) => ({
      ...ports,
      secrets: { read: async () => await Promise.reject(new CallFailed('GetSecretValue', 'Throttled', true, 'no')) },
    });
    const { deliver, taken } = world({ wrap });
    await expect(deliver([m(1)])).rejects.toThrow('GetSecretValue');
    expect(taken).toEqual([]);
  });
});
