import { setImmediate as soon } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalPagerDuty, startPagerDuty } from '../../../infra/local/fakes/pagerduty.ts';
import { type LocalSlack, startSlack } from '../../../infra/local/fakes/slack/slack.ts';
import type { ChannelFault } from '../../../infra/local/faults.ts';
import type { Message } from '../../../shared/domain/message.ts';
import { channelAdapters } from '../../../shared/notifications/channels/registry.ts';
import type { DeliveryJournalEntry } from '../../../shared/notifications/dispatch/channel-worker.ts';
import { deliver } from '../../../shared/notifications/dispatch/deliver.ts';
import { inProcess } from '../../infra/local/in-process.ts';
import { messages } from '../compose/samples.ts';
import { memoryDeliveries } from '../dispatch/memory-deliveries.ts';
import { messageOf, START } from '../dispatch/samples.ts';

const BOT = 'xoxb-1-example';
const CHANNEL = 'C0123456789';
const ROUTING_KEY = '0123456789abcdef0123456789abcdef';

/** Linear congruential: the same numbers every time. */
function randomFrom(seed: number) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Sleeping takes no time, and is counted. */
function hastyClock() {
  let time = START;
  return {
    now: () => time,
    sleep: async (ms: number) => {
      time += ms;
      await soon();
    },
  };
}

let open: { readonly close: () => Promise<void> }[] = [];
beforeEach(() => {
  open = [];
});
afterEach(async () => {
  for (const one of open) await one.close();
});

interface Setup {
  readonly ratio?: number;
  readonly kinds?: readonly ChannelFault[];
  readonly botToken?: string;
}

/** A cell with the adapters of the function, in front of a Slack and a PagerDuty on this machine. */
async function office({ ratio = 0, kinds = ['error', 'throttle', 'reset-before'], botToken = BOT }: Setup = {}) {
  const clock = hastyClock();
  const { network, random, http } = inProcess();
  const faults = { ratio, kinds, random: randomFrom(6) };
  const workspace: LocalSlack = await startSlack({ botToken: BOT, faults }, { network, clock });
  const pager: LocalPagerDuty = await startPagerDuty(
    { routingKeys: [ROUTING_KEY], faults },
    { network, clock, random },
  );
  open.push(workspace, pager);
  const keys = {
    slackBotToken: botToken,
    slackChannel: CHANNEL,
    entries: { webhook: { default: workspace.webhook(CHANNEL) }, pagerduty: { default: ROUTING_KEY } },
  };
  const journal: DeliveryJournalEntry[] = [];
  const ports = {
    secrets: { read: async () => keys },
    channels: channelAdapters({ http, slackApi: workspace.url, pagerDutyApi: pager.url, hasButtons: true }),
    deliveries: memoryDeliveries(clock, 120_000),
    clock,
    journal: (entry: DeliveryJournalEntry) => journal.push(entry),
  };
  let invocations = 0;
  /** Delivers ten at a time until nothing is left, as the queue does it. */
  const deliverAll = async (all: readonly Message[]): Promise<number> => {
    let left = all.map((message, index) => ({ receipt: `${index}`, message }));
    for (let rounds = 1; ; rounds += 1) {
      const again: typeof left = [];
      for (let from = 0; from < left.length; from += 10) {
        invocations += 1;
        const batch = left.slice(from, from + 10);
        const cell = { routes: [], ports, owner: `${invocations}`, until: clock.now() + 70_000 };
        const failed = await deliver(batch, cell);
        again.push(...batch.filter(({ receipt }) => failed.has(receipt)));
      }
      if (again.length === 0 || rounds === 10) return again.length;
      left = again;
      await clock.sleep(540_000);
    }
  };
  return { workspace, pager, journal, deliverAll, clock };
}

function texts({ messages: all }: LocalSlack) {
  return all.map(({ text }) => text);
}

describe('on a local Slack and PagerDuty', () => {
  it('every kind of message is accepted, and none is sent too fast', async () => {
    const { workspace, pager, journal, deliverAll } = await office();
    const all = Object.values(messages()).map((message) => ({ ...message, id: `${message.id} ${message.kind}` }));
    expect(await deliverAll(all)).toBe(0);
    expect(journal.filter(({ what }) => what !== 'delivered')).toEqual([]);
    expect(workspace.messages.filter(({ by }) => by === 'bot')).toHaveLength(all.length);
    expect(pager.changes.length + pager.alerts.length).toBeGreaterThan(0);
  });

  it('an incident is one thread whose first message shows its state', async () => {
    const { workspace, pager, deliverAll } = await office();
    const failed = messageOf('m-1', { kind: 'failed', headline: 'Failed to close SSH' });
    await deliverAll([failed, messageOf('m-2', { at: START + 1, headline: 'Closed SSH' })]);
    const [first, reply] = workspace.messages;
    expect(workspace.messages).toHaveLength(2);
    expect(first).toMatchObject({ edits: 1, by: 'bot' });
    expect(JSON.stringify(first?.blocks)).toContain('Closed SSH');
    expect(reply).toMatchObject({ threadTs: first?.ts, edits: 0 });
    expect(pager.alerts).toHaveLength(1);
  });

  it('a message goes to the webhook if the token is invalid', async () => {
    const { workspace, journal, deliverAll } = await office({ botToken: 'xoxb-revoked' });
    expect(await deliverAll([messageOf('m-1')])).toBe(0);
    expect(workspace.messages).toMatchObject([{ by: 'webhook' }]);
    expect(journal).toContainEqual(expect.objectContaining({ what: 'fell-back', code: 'invalid_auth' }));
  });

  it('200 messages arrive once each while 30 % of the requests fail', async () => {
    const { workspace, pager, deliverAll } = await office({ ratio: 0.3 });
    const all = Array.from({ length: 200 }, (_, n) =>
      messageOf(`m-${n}`, {
        thread: `thread-${n % 40}`,
        at: START + n,
        kind: n % 4 === 0 ? 'failed' : 'closed',
        headline: `Number ${n}.`,
      }),
    );
    expect(await deliverAll(all)).toBe(0);
    const replies = workspace.messages.filter(({ threadTs }) => threadTs !== undefined).map(({ text }) => text);
    expect(workspace.messages).toHaveLength(200);
    expect(replies).toHaveLength(160);
    // None of them is a second one of the same: so the 40 that are left begin the 40 threads.
    expect(new Set(replies).size).toBe(160);
    expect(pager.changes).toHaveLength(150);
  });

  it('only a lost response can cause a message to arrive twice', async () => {
    const { workspace, deliverAll } = await office({ ratio: 0.2, kinds: ['reset-after'] });
    const all = Array.from({ length: 50 }, (_, n) =>
      messageOf(`m-${n}`, { thread: `thread-${n}`, headline: `Number ${n}.` }),
    );
    expect(await deliverAll(all)).toBe(0);
    const counts = all.map(({ headline }) => texts(workspace).filter((text) => text.includes(headline)).length);
    expect(Math.min(...counts)).toBe(1);
    expect(workspace.messages.length).toBeGreaterThan(50);
  });
});
