import { describe, expect, it } from 'vitest';
import { batchHandler } from '../../functions/on-alert/handler.ts';
import { ChannelRefused } from '../../shared/domain/errors.ts';
import type { Message } from '../../shared/domain/message.ts';
import type { DeliveryPorts } from '../../shared/notifications/dispatch/channel-worker.ts';
import { adaptersOf, type Call, fakeChannels } from '../notifications/dispatch/fake-channels.ts';
import { memoryDeliveries } from '../notifications/dispatch/memory-deliveries.ts';
import { messageOf, START } from '../notifications/dispatch/samples.ts';
import { VirtualClock } from '../notifications/dispatch/virtual-clock.ts';
import { KEYS } from '../notifications/dispatch/world.ts';

/** More time than any batch here takes, ms. */
const TIMEOUT_MS = 90_000;

const ARN = 'arn:aws:lambda:eu-west-1:111122223333:function:on-alert:events';

const CHANNEL_NAME = `slack:${KEYS.slackChannel}`;

function record(messageId: string, body: unknown) {
  return {
    messageId,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    attributes: { SentTimestamp: String(START) },
  };
}

/** A message with a thread of its own. Slack alone gets it, unless `kind` says otherwise. */
function message(name: string, kind: Message['kind'] = 'open'): Message {
  return messageOf(name, { thread: `111122223333/eu-west-1/${name}`, group: { id: name, name, tags: {} }, kind });
}

/**
 * The alert handler with channels, a record of deliveries and a clock of the test's own. `refuses` names
 * messages that Slack refuses.
 */
function alerts({ refuses = [] }: { refuses?: readonly string[] } = {}) {
  const clock = new VirtualClock(START);
  const refuse = ({ what, says }: Call) => {
    if (what === 'post' && refuses.includes(says)) throw new ChannelRefused('slack', 'invalid_blocks', false);
  };
  const { taken, apis } = fakeChannels(refuse);
  const deliveries = memoryDeliveries(clock, 120_000);
  const ports: DeliveryPorts = {
    secrets: { read: async () => ({ ...KEYS, entries: { pagerduty: KEYS.entries.pagerduty ?? {} } }) },
    channels: adaptersOf(apis),
    deliveries,
    clock,
    journal: () => {},
  };
  const unreadable: string[] = [];
  const handle = batchHandler({
    routes: [],
    ports,
    reportUnreadable: (receipt, { message: reason }) => void unreadable.push(`${receipt} ${reason}`),
  });
  /** The receipts that the queue is to bring again, in any order. */
  const failures = async (
    records: readonly ReturnType<typeof record>[],
    { id = 'request-1', leftMs = TIMEOUT_MS } = {},
  ): Promise<readonly string[]> => {
    const context = { awsRequestId: id, getRemainingTimeInMillis: () => leftMs, invokedFunctionArn: ARN };
    const { batchItemFailures } = await clock.run(handle({ Records: records }, context));
    return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).toSorted();
  };
  return { failures, taken, unreadable, deliveries };
}

describe('the response to a batch of alerts', () => {
  it('lists nothing once every message is delivered', async () => {
    const { failures, taken } = alerts();
    expect(await failures([record('r-1', message('a')), record('r-2', message('b'))])).toEqual([]);
    expect(taken.map(({ says }) => says)).toEqual(['a', 'b']);
  });

  it('lists unreadable bodies and refused messages by their receipts, and no message that was delivered', async () => {
    const { failures, taken, unreadable } = alerts({ refuses: ['b', 'd'] });
    const records = [
      record('r-1', message('a')),
      record('r-2', message('b')),
      record('r-3', 'no JSON'),
      record('r-4', message('c')),
      record('r-5', message('d')),
      record('r-6', '{"id":"e"}'),
    ];
    expect(await failures(records)).toEqual(['r-2', 'r-3', 'r-5', 'r-6']);
    expect(taken.map(({ says }) => says)).toEqual(['a', 'c']);
    expect(unreadable).toEqual([expect.stringMatching(/^r-3 /), expect.stringMatching(/^r-6 /)]);
  });

  it('lists a message that one of its channels refused, though another one has it', async () => {
    const { failures, taken } = alerts({ refuses: ['a'] });
    expect(await failures([record('r-1', message('a', 'failed'))])).toEqual(['r-1']);
    expect(taken.map(({ to }) => to)).toEqual(['pagerduty:default']);
  });

  it('lists every message of a batch in which none can be read', async () => {
    const { failures } = alerts();
    expect(await failures([record('r-1', ''), record('r-2', '[]')])).toEqual(['r-1', 'r-2']);
  });

  it('lists messages if fewer than 20 seconds are left', async () => {
    const { failures, taken } = alerts();
    expect(await failures([record('r-1', message('a'))], { leftMs: 19_999 })).toEqual(['r-1']);
    expect(taken).toEqual([]);
    expect(await failures([record('r-1', message('a'))], { leftMs: 20_000 })).toEqual([]);
    expect(taken.map(({ says }) => says)).toEqual(['a']);
  });

  it('lists a message that another invocation is delivering, and delivers one that its own earlier attempt has begun', async () => {
    const { failures, taken, deliveries } = alerts();
    await deliveries.claim(CHANNEL_NAME, message('a'), `request-1 ${CHANNEL_NAME}`);
    expect(await failures([record('r-1', message('a'))], { id: 'request-2' })).toEqual(['r-1']);
    expect(taken).toEqual([]);
    expect(await failures([record('r-1', message('a'))], { id: 'request-1' })).toEqual([]);
    expect(taken.map(({ says }) => says)).toEqual(['a']);
  });
});
