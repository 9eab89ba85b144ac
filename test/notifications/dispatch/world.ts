import type { ChannelSecrets, Route } from '../../../shared/domain/delivery.ts';
import type { Message } from '../../../shared/domain/message.ts';
import type { DeliveryJournalEntry, DeliveryPorts } from '../../../shared/notifications/dispatch/channel-worker.ts';
import { deliver } from '../../../shared/notifications/dispatch/deliver.ts';
import { adaptersOf, type Call, type ChannelApis, fakeChannels } from './fake-channels.ts';
import { memoryDeliveries } from './memory-deliveries.ts';
import { CHANNEL, START } from './samples.ts';
import { VirtualClock } from './virtual-clock.ts';

const WEBHOOK = 'https://hooks.example.com/services/T0/B0/secret';

/** Everything that the secret can hold, `default` each. */
export const KEYS: ChannelSecrets = {
  slackBotToken: 'xoxb-example',
  slackChannel: CHANNEL,
  entries: { webhook: { default: WEBHOOK }, pagerduty: { default: 'default' } },
};

interface Parts {
  readonly keys?: ChannelSecrets;
  readonly routes?: readonly Route[];
  /** Throws in place of taking a call. */
  readonly before?: (call: Call) => void;
  readonly clock?: VirtualClock;
  readonly wrap?: (ports: DeliveryPorts) => DeliveryPorts;
  readonly wrapApis?: (apis: ChannelApis) => ChannelApis;
}

/** A cell's way to its channels, with a record, channels and a clock of the test's own. */
export function world({
  keys = KEYS,
  routes = [],
  before = () => {},
  clock = new VirtualClock(START),
  wrap,
  wrapApis = (apis) => apis,
}: Parts = {}) {
  const { taken, apis } = fakeChannels(before, keys.entries.webhook);
  const journal: DeliveryJournalEntry[] = [];
  const deliveries = memoryDeliveries(clock, 120_000);
  const plain: DeliveryPorts = {
    secrets: { read: async () => keys },
    channels: adaptersOf(wrapApis(apis)),
    deliveries,
    clock,
    journal: (entry) => journal.push(entry),
  };
  const ports = wrap === undefined ? plain : wrap(plain);
  let invocations = 0;
  const begin = async (messages: readonly Message[], forMs: number): Promise<readonly string[]> => {
    invocations += 1;
    const owner = `invocation-${invocations}`;
    const parcels = messages.map((message, index) => ({ receipt: `${index}`, message }));
    const cell = { routes, ports, owner, until: clock.now() + forMs };
    return [...(await deliver(parcels, cell))];
  };
  return {
    taken,
    journal,
    clock,
    deliveries,
    begin,
    /** Receipts (places in the batch) of those that are to come again. */
    deliver: async (messages: readonly Message[], forMs = 70_000) => await clock.run(begin(messages, forMs)),
    /** What was taken, for short. */
    said: () => taken.map(({ what, to, says, ts }) => `${what} ${to} ${says}${ts === undefined ? '' : ` in ${ts}`}`),
    journaled: () => journal.map((entry) => `${entry.what} ${entry.channel ?? '-'} ${entry.message.id}`),
  };
}
