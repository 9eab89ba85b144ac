import type { Channel, ChannelSecrets, DeliveryClaim } from '../../domain/delivery.ts';
import { ChannelRefused, RemediatorError, Unfinished } from '../../domain/errors.ts';
import type { Message } from '../../domain/message.ts';
import {
  type ChannelWorker,
  channelName,
  type DeliveryInvocation,
  type HeldClaim,
  isOrdered,
  recordWithRetry,
  waitForClaim,
} from './channel-worker.ts';
import { RateLimiter } from './rate-limiter.ts';
import { channelsFor } from './route.ts';

/** A message from the queue. */
export interface QueuedAlert {
  /** Identifies it to the queue. */
  readonly receipt: string;
  readonly message: Message;
}

interface DeliveryJob extends QueuedAlert {
  readonly channel: Channel;
}

type ReportFailure = (alert: QueuedAlert, channel: string | undefined, fault: unknown) => void;

/**
 * Delivers messages to their channels: channels in parallel, the messages of one channel in order of time.
 * Returns the receipts of the messages that some channel does not have. If the queue brings such a message
 * again, it goes only to the channels that lack it.
 *
 * A claim's owner is the invocation and the channel, so that a fallback channel does not mistake the claim of
 * the first channel for its own.
 *
 * @throws CallFailed, InputInvalid if the secret cannot be read; then nothing was delivered.
 */
export async function deliver(
  alerts: readonly QueuedAlert[],
  invocation: DeliveryInvocation,
): Promise<ReadonlySet<string>> {
  const { ports, owner, until } = invocation;
  const secrets = await ports.secrets.read();
  const common = { ports, secrets, rateLimiter: new RateLimiter(ports.clock, until) };
  const failed = new Set<string>();
  const fail: ReportFailure = ({ receipt, message }, channel, fault) => {
    failed.add(receipt);
    ports.journal({ what: 'refused', message, ...(channel !== undefined && { channel }), fault });
  };
  const inOrder = alerts.toSorted((a, b) => a.message.at - b.message.at);
  const jobs = Map.groupBy(jobsOf(inOrder, invocation, secrets, fail), ({ channel }) => channelName(channel));
  await Promise.all(
    [...jobs].map(([name, ofChannel]) => runChannel({ ...common, owner: `${owner} ${name}` }, ofChannel, fail)),
  );
  return failed;
}

function jobsOf(
  alerts: readonly QueuedAlert[],
  { routes, ports }: DeliveryInvocation,
  secrets: ChannelSecrets,
  fail: ReportFailure,
): readonly DeliveryJob[] {
  return alerts.flatMap((alert) => {
    try {
      return channelsFor(alert.message, routes, secrets, ports.channels).map((channel) => ({ ...alert, channel }));
    } catch (fault) {
      fail(alert, undefined, fault);
      return [];
    }
  });
}

/**
 * Delivers the messages of one channel in turn. A failure does not stop the messages after it, except in an
 * ordered thread.
 */
async function runChannel(worker: ChannelWorker, jobs: readonly DeliveryJob[], fail: ReportFailure): Promise<void> {
  const blockedThreads = new Set<string>();
  for (const job of jobs) {
    const { channel, message } = job;
    const name = channelName(channel);
    try {
      if (blockedThreads.has(message.thread)) throw new ChannelRefused(name, 'after_another', true);
      await deliverTo(worker, channel, message);
    } catch (fault) {
      if (isOrdered(channel) && fault instanceof RemediatorError && fault.retryable) blockedThreads.add(message.thread);
      fail(job, name, fault);
    }
  }
}

/**
 * Delivers a message to a channel that does not have it yet: claim, send, record. Throws CallFailed,
 * ChannelRefused.
 */
async function deliverTo(worker: ChannelWorker, channel: Channel, message: Message): Promise<void> {
  const { ports, rateLimiter } = worker;
  if (ports.channels[channel.kind].concerns?.(message) === false) return;
  const name = channelName(channel);
  if (!rateLimiter.hasTime(name)) throw new ChannelRefused(name, 'no_time_left', true);
  const claim = await waitForClaim(worker, name, message);
  if (claim.kind === 'done') return ports.journal({ what: 'known', message, channel: name });
  try {
    await send(worker, channel, message, claim);
  } catch (fault) {
    const [released] = await Promise.allSettled([ports.deliveries.release(name, message, worker.owner)]);
    throw released.status === 'fulfilled' ? fault : new Unfinished([fault, released.reason]);
  }
  ports.journal({ what: 'delivered', message, channel: name });
}

/**
 * Sends a message, or has the fallback send it if the channel refuses permanently. Throws CallFailed,
 * ChannelRefused.
 */
async function send(worker: ChannelWorker, channel: Channel, message: Message, claim: HeldClaim): Promise<void> {
  const { ports, owner, secrets } = worker;
  const adapter = ports.channels[channel.kind];
  try {
    await adapter.send(worker, channel, message, claim);
  } catch (error) {
    const fallback = adapter.fallback?.(secrets);
    const isFinal = error instanceof ChannelRefused && !error.retryable;
    if (!isFinal || fallback === undefined || claim.kind === 'posted') throw error;
    ports.journal({ what: 'fell-back', message, channel: error.channel, code: error.code });
    await deliverTo(worker, fallback, message);
    const thread = threadOf(claim);
    await recordWithRetry(worker, () => ports.deliveries.delivered(error.channel, message, owner, thread));
  }
}

function threadOf(claim: DeliveryClaim) {
  return 'thread' in claim ? claim.thread : undefined;
}
