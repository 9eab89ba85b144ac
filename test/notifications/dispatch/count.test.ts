import { describe, expect, it } from 'vitest';
import { ALERT_QUEUE, FUNCTIONS } from '../../../shared/catalogue.ts';
import type { Route } from '../../../shared/domain/delivery.ts';
import { ChannelRefused } from '../../../shared/domain/errors.ts';
import type { Message } from '../../../shared/domain/message.ts';
import { channelName } from '../../../shared/notifications/dispatch/channel-worker.ts';
import { deliver } from '../../../shared/notifications/dispatch/deliver.ts';
import { channelsFor } from '../../../shared/notifications/dispatch/route.ts';
import { adaptersOf, type Call, fakeChannels } from './fake-channels.ts';
import { memoryDeliveries } from './memory-deliveries.ts';
import { messageOf, START } from './samples.ts';
import { SimulatedQueue } from './simulated-queue.ts';
import { VirtualClock } from './virtual-clock.ts';
import { KEYS } from './world.ts';

const OUTCOMES = 10_000;

const HOUR = 3_600_000;

/** Of the stack: six times what the function may take. */
const HIDDEN_MS = 6 * FUNCTIONS.onAlert.timeoutSeconds * 1000;

/** Mulberry32: the same numbers every time. */
function randomFrom(seed: number) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const ROUTES: readonly Route[] = [
  {
    to: [
      { kind: 'slack', name: 'C1' },
      { kind: 'pagerduty', name: 'default' },
    ],
    urgencies: ['call'],
    last: true,
  },
  { to: [{ kind: 'slack', name: 'C2' }], owners: ['shop'], last: true },
  { to: [{ kind: 'webhook', name: 'ops' }], owners: ['lab'], last: true },
  { to: [{ kind: 'slack', name: 'C3' }], last: false },
];

const SECRET = { ...KEYS, entries: { ...KEYS.entries, webhook: { ops: 'https://hooks.example.com/ops' } } };

const OWNERS = ['shop', 'lab', 'platform'];

/** Outcomes of 2,000 groups within three hours, a tenth of them for people to get up for. */
function outcome(n: number, random: () => number): Message {
  const isFailure = random() < 0.1;
  return messageOf(`m-${n}`, {
    at: START + Math.floor(random() * 3 * HOUR),
    thread: `thread-${Math.floor(random() * 2000)}`,
    kind: isFailure ? 'failed' : 'closed',
    urgency: isFailure ? 'call' : 'inform',
    owner: OWNERS[Math.floor(random() * OWNERS.length)] ?? '',
  });
}

/** Of 100 answers 30 are no good: 12 are a 500, 10 a 429 with a time to wait, 8 never come. */
function failing(random: () => number) {
  return (): void => {
    const drawn = random();
    if (drawn < 0.12) throw new ChannelRefused('slack', 'http_500', true);
    if (drawn < 0.22) throw new ChannelRefused('slack', 'ratelimited', true, 1000 * Math.ceil(random() * 30));
    if (drawn < 0.3) throw new ChannelRefused('slack', 'timeout', true);
  };
}

async function play(seed: number, isOut: (call: Call, now: number) => boolean) {
  const random = randomFrom(seed);
  const clock = new VirtualClock(START);
  const fail = failing(random);
  let answers = 0;
  let failures = 0;
  const before = (call: Call): void => {
    answers += 1;
    failures += 1;
    if (isOut(call, clock.now())) throw new ChannelRefused('slack', 'http_503', true);
    fail();
    failures -= 1;
  };
  const { taken, apis } = fakeChannels(before, SECRET.entries.webhook);
  const channels = adaptersOf(apis);
  const deliveries = memoryDeliveries(clock, 120_000);
  const ports = { secrets: { read: async () => SECRET }, channels, deliveries, clock, journal: () => {} };
  const queue = new SimulatedQueue<Message>(clock, { hiddenMs: HIDDEN_MS, maxReceives: ALERT_QUEUE.receives });
  const messages = Array.from({ length: OUTCOMES }, (_, index) => outcome(index, random));
  for (const message of messages) {
    queue.send(message, message.at - START);
    // SNS and SQS deliver at least once.
    if (random() < 0.01) queue.send(message, message.at - START + Math.floor(random() * 60_000));
  }
  let invocations = 0;
  const poll = async () =>
    await queue.poll(async (batch) => {
      invocations += 1;
      const parcels = batch.map(({ receipt, body }) => ({ receipt, message: body }));
      const cell = { routes: ROUTES, ports, owner: `invocation-${invocations}` };
      return await deliver(parcels, { ...cell, until: clock.now() + 70_000 });
    });
  const drain = async () => await clock.run(Promise.all([poll(), poll()]));
  await drain();
  return { taken, queue, messages, clock, drain, count: () => ({ answers, failures, invocations }) };
}

/** How often each message came to each of its channels: `slack:C1 m-1` → 1. */
function arrivals(taken: readonly Call[]): ReadonlyMap<string, number> {
  const posts = taken.filter(({ what, says }) => what !== 'update' && !says.startsWith('change'));
  const names = posts.map(({ to, says }) => `${to} ${says.split(' ').at(-1)}`);
  return new Map([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]));
}

function wanted(messages: readonly Message[]): readonly string[] {
  const adapters = adaptersOf(fakeChannels(() => {}).apis);
  return messages.flatMap((message) =>
    channelsFor(message, ROUTES, SECRET, adapters).map((channel) => `${channelName(channel)} ${message.id}`),
  );
}

describe('10,000 outcomes with 30 % of the answers failing', () => {
  it('are each delivered once or kept in the dead-letter queue', async () => {
    const { taken, queue, messages, clock, count } = await play(6, () => false);
    const arrived = arrivals(taken);
    const lost = new Set(queue.failures.map(({ id }) => id));
    const missing = wanted(messages).filter((name) => !arrived.has(name));
    const { answers, failures, invocations } = count();
    const figures = {
      deliveries: wanted(messages).length,
      arrived: arrived.size,
      twice: [...arrived.values()].filter((times) => times > 1).length,
      inFailureQueue: lost.size,
      missing: missing.length,
      lostForGood: missing.filter((name) => !lost.has(name.split(' ').at(-1) ?? '')).length,
    };
    console.info({
      ...figures,
      answers,
      failures,
      invocations,
      receives: queue.receives,
      hours: (clock.now() - START) / HOUR,
    });
    expect(failures / answers).toBeGreaterThan(0.28);
    expect(figures).toMatchObject({ twice: 0, lostForGood: 0 });
    expect(figures.arrived + figures.missing).toBe(figures.deliveries);
  });

  it('are delivered after an outage of two hours by redelivering the dead-letter queue', {}, async () => {
    const outage = ({ to }: Call, now: number) => to === 'slack:C2' && now > START + HOUR && now < START + 3 * HOUR;
    const { taken, queue, messages, drain } = await play(7, outage);
    const failed = new Set(queue.failures.map(({ id }) => id));
    const before = arrivals(taken);
    const missing = wanted(messages).filter((name) => !before.has(name));
    expect(failed.size).toBeGreaterThan(100);
    expect(missing.filter((name) => !failed.has(name.split(' ').at(-1) ?? ''))).toEqual([]);
    const redriven = queue.redrive();
    await drain();
    console.info({ inFailureQueue: failed.size, missing: missing.length, redriven, left: queue.failures.length });
    const arrived = arrivals(taken);
    expect(queue.failures).toEqual([]);
    expect(wanted(messages).filter((name) => arrived.get(name) !== 1)).toEqual([]);
  });
});
