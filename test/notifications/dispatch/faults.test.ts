import { describe, expect, it } from 'vitest';
import { CallFailed, ChannelRefused } from '../../../shared/domain/errors.ts';
import type { DeliveryPorts } from '../../../shared/notifications/dispatch/channel-worker.ts';
import type { ChannelApis } from './fake-channels.ts';
import { messageOf, SLACK, START } from './samples.ts';
import { KEYS, world } from './world.ts';

/**
 * What becomes of one call. `lost`: it is carried out, and its answer is not heard. `dies`: the invocation
 * ends there.
 */
type Fate = 'refused' | 'lost' | 'dies before' | 'dies after';

type Method = (...parameters: never[]) => Promise<unknown>;

/** Meets the nth call, of all that leave the invocation, with a fate. */
class Fault {
  readonly #nth: number;
  readonly #fate: Fate;
  #calls = 0;
  met: string | undefined;
  #isDead = false;
  #die: () => void = () => {};
  died: Promise<'died'> = new Promise(() => {});

  constructor(nth: number, fate: Fate) {
    this.#nth = nth;
    this.#fate = fate;
  }

  revive(): void {
    this.#isDead = false;
    this.died = new Promise((resolve) => {
      this.#die = () => resolve('died');
    });
  }

  around<T extends object>(port: string, methods: T): T {
    const wrapped = Object.entries(methods).map(([name, method]: [string, Method]) => [
      name,
      async (...parameters: never[]) => await this.#meet(`${port}.${name}`, async () => await method(...parameters)),
    ]);
    return Object.fromEntries(wrapped);
  }

  #end(): Promise<never> {
    this.#isDead = true;
    this.#die();
    return new Promise(() => {});
  }

  async #meet(name: string, run: () => Promise<unknown>): Promise<unknown> {
    if (this.#isDead) return await new Promise(() => {});
    this.#calls += 1;
    if (this.#calls !== this.#nth) return await run();
    this.met = name;
    const isLedger = name.startsWith('deliveries');
    if (this.#fate === 'dies before') return await this.#end();
    if (this.#fate === 'refused') throw isLedger ? throttled() : new ChannelRefused('slack', 'http_503', true);
    const answer = await run();
    if (this.#fate === 'dies after') return await this.#end();
    if (isLedger) throw throttled();
    return answer;
  }
}

function throttled() {
  return new CallFailed('UpdateItem', 'ThrottlingException', true, new Error('slow down'));
}

const MESSAGES = [1, 2, 3].map((n) =>
  messageOf(`m-${n}`, { at: START + n, kind: 'failed', urgency: 'call', thread: n === 3 ? 'another' : 'one' }),
);

/**
 * As a queue does it: what failed comes again when its time of hiding is over, all of it where the invocation
 * died.
 */
async function playOut(nth: number, fate: Fate) {
  const fault = new Fault(nth, fate);
  const wrap = (ports: DeliveryPorts): DeliveryPorts => ({
    ...ports,
    deliveries: fault.around('deliveries', ports.deliveries),
  });
  const wrapApis = ({ slack, ...others }: ChannelApis): ChannelApis => ({
    slack: fault.around('slack', slack),
    ...fault.around('channel', others),
  });
  const keys = { ...KEYS, entries: { pagerduty: KEYS.entries.pagerduty ?? {} } };
  const subject = world({ keys, wrap, wrapApis });
  let left = MESSAGES;
  let rounds = 0;
  for (; left.length > 0 && rounds < 5; rounds += 1) {
    fault.revive();
    const before = left;
    const result = await subject.clock.run(Promise.race([subject.begin(before, 70_000), fault.died]));
    left = result === 'died' ? before : before.filter((_, index) => result.includes(`${index}`));
    await subject.clock.run(subject.clock.sleep(540_000));
  }
  const posts = subject.taken.flatMap(({ what, to, says }) => (what === 'update' ? [] : [`${to} ${says}`]));
  return { ...subject, left, rounds, posts, met: fault.met };
}

const EXPECTED = [
  ...MESSAGES.map(({ id }) => `${SLACK} ${id}`),
  ...MESSAGES.map(({ id }) => `pagerduty:default alert trigger ${id}`),
].toSorted();

/** One more than all the calls of a delivery in which nothing fails. */
async function countCalls() {
  let calls = 1;
  while ((await playOut(calls, 'refused')).met !== undefined) calls += 1;
  return calls;
}

const calls = await countCalls();

const each = Array.from({ length: calls - 1 }, (_, index) => index + 1);

describe('a fault at each of the calls', () => {
  it('covers every call', () => {
    // Six claims and notes each, three posts, three events, and for the reply a note and an edit more.
    expect(calls - 1).toBe(20);
  });

  it.each(each)('leaves every channel with every message once: call %i is refused temporarily', async (nth) => {
    const { posts, left, taken } = await playOut(nth, 'refused');
    expect(left).toEqual([]);
    expect(posts.toSorted()).toEqual(EXPECTED);
    expect(taken.findLast(({ what }) => what === 'update')?.says).toMatch(/^m-[12], then m-[12]; now m-[12]$/);
  });

  it.each(each)(
    'leaves every channel with every message once: the answer of the ledger to call %i is lost',
    async (nth) => {
      const { posts, left, met } = await playOut(nth, 'lost');
      expect(left).toEqual([]);
      expect(met).toBeDefined();
      expect(posts.toSorted()).toEqual(EXPECTED);
    },
  );

  it.each(each)('leaves no channel without a message: the invocation dies before call %i', async (nth) => {
    const { posts, left, met } = await playOut(nth, 'dies before');
    expect(left).toEqual([]);
    expect([...new Set(posts)].toSorted()).toEqual(EXPECTED);
    // Only a post whose note was not written is made again, one for each channel at the most.
    expect(posts.length - EXPECTED.length).toBeLessThanOrEqual(2);
    expect(met).toBeDefined();
  });

  it.each(each)('leaves no channel without a message: the invocation dies after call %i', async (nth) => {
    const { posts, left } = await playOut(nth, 'dies after');
    expect(left).toEqual([]);
    expect([...new Set(posts)].toSorted()).toEqual(EXPECTED);
    expect(posts.length - EXPECTED.length).toBeLessThanOrEqual(2);
  });
});
