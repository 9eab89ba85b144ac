import { ChannelRefused, RemediatorError } from '../../domain/errors.ts';
import type { Channel, Keys } from '../../domain/notifications/delivery.ts';
import type { Message } from '../../domain/notifications/message.ts';
import type { DeliveryCell, Lane } from './cell.ts';
import { channelName } from './channel-name.ts';
import { Pace } from './pace.ts';
import { channelsFor } from './route.ts';
import { tell } from './tell.ts';

/** A message as the queue brought it. */
export interface Parcel {
  /** Names it to the queue. */
  readonly receipt: string;
  readonly message: Message;
}

interface Job extends Parcel {
  readonly channel: Channel;
}

type Fail = (parcel: Parcel, channel: string | undefined, fault: unknown) => void;

const jobsOf = (parcels: readonly Parcel[], { routes }: DeliveryCell, keys: Keys, fail: Fail): readonly Job[] =>
  parcels.flatMap((parcel) => {
    try {
      return channelsFor(parcel.message, routes, keys).map((channel) => ({ ...parcel, channel }));
    } catch (fault) {
      fail(parcel, undefined, fault);
      return [];
    }
  });

/** Whether what comes after it in a thread must not overtake it: PagerDuty drops what ends an alert that it does not have yet. */
const isAwaited = ({ channel }: Job, fault: unknown): boolean =>
  channel.kind === 'pagerduty' && fault instanceof RemediatorError && fault.retryable;

/** A channel's messages, one after the other: what fails leaves the next ones to be tried. */
const run = async (lane: Lane, jobs: readonly Job[], fail: Fail): Promise<void> => {
  const awaited = new Set<string>();
  for (const job of jobs) {
    const name = channelName(job.channel);
    try {
      if (awaited.has(job.message.thread)) throw new ChannelRefused(name, 'after_another', true);
      await tell(lane, job.channel, job.message);
    } catch (fault) {
      if (isAwaited(job, fault)) awaited.add(job.message.thread);
      fail(job, name, fault);
    }
  }
};

/**
 * Delivers messages to the channels that they are for: channels side by side, the messages of each one by one, the oldest first. Answers the receipts of
 * those that some channel did not take: brought again, they go to the channels that do not have them yet.
 *
 * A claim's owner is the invocation and the channel, so that the webhook that stands in for a bot is not mistaken for itself.
 *
 * @throws CallFailed, InputInvalid where the keys cannot be read: then nothing was delivered.
 */
export const deliver = async (parcels: readonly Parcel[], cell: DeliveryCell): Promise<ReadonlySet<string>> => {
  const { ports, renderers, owner, until } = cell;
  const keys = await ports.keys.read();
  const common = { ports, renderers, keys, slack: ports.slack(keys.slackBotToken), pace: new Pace(ports.clock, until) };
  const failed = new Set<string>();
  const fail: Fail = ({ receipt, message }, channel, fault) => {
    failed.add(receipt);
    ports.journal({ what: 'refused', message, ...(channel !== undefined && { channel }), fault });
  };
  const inTime = parcels.toSorted((a, b) => a.message.at - b.message.at);
  const lanes = Map.groupBy(jobsOf(inTime, cell, keys, fail), ({ channel }) => channelName(channel));
  await Promise.all(
    [...lanes].map(async ([name, jobs]) => await run({ ...common, owner: `${owner} ${name}` }, jobs, fail)),
  );
  return failed;
};
