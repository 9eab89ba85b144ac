import type { Channel, ChannelSecrets, Thread } from '../../domain/delivery.ts';
import { ChannelRefused, RemediatorError, Unfinished } from '../../domain/errors.ts';
import type { Message } from '../../domain/message.ts';
import { sendToSlack, updateFirstMessage } from '../channels/slack/thread.ts';
import { type ChannelWorker, type DeliveryInvocation, recordWithRetry, waitForClaim } from './channel-worker.ts';
import { RateLimiter, sendWithRetry } from './rate-limiter.ts';
import { channelName, channelsFor, DEFAULT_ENTRY } from './route.ts';

/** An entry of the secret: its name there, and the name that the channel goes by here. */
export interface SecretTarget {
  readonly entry: string;
  readonly name: string;
}

/** Throws ChannelRefused where the secret has no such entry. */
function secretEntry(entries: Readonly<Record<string, string>>, { entry, name }: SecretTarget): string {
  const value = Object.hasOwn(entries, entry) ? entries[entry] : undefined;
  if (value === undefined) throw new ChannelRefused(name, 'not_in_secret', false);
  return value;
}

async function recordDelivered(lane: ChannelWorker, { name }: SecretTarget, message: Message): Promise<void> {
  const { deliveries } = lane.ports;
  await recordWithRetry(lane, async () => await deliveries.delivered(name, message, lane.owner, undefined));
}

/** Posts a message to a webhook, which has no threads, and notes it. Throws CallFailed, ChannelRefused. */
async function sendToWebhook(lane: ChannelWorker, place: SecretTarget, message: Message): Promise<void> {
  const url = secretEntry(lane.keys.webhooks, place);
  const rendered = lane.renderers.slack(message);
  await sendWithRetry(lane.pace, place.name, async () => await lane.slack.webhook(url, rendered));
  await recordDelivered(lane, place, message);
}

/** Sends a message's events to a PagerDuty service, in their order, and notes it. Throws CallFailed, ChannelRefused. */
async function sendToPagerDuty(lane: ChannelWorker, place: SecretTarget, message: Message): Promise<void> {
  const key = secretEntry(lane.keys.pagerDuty, place);
  for (const event of lane.renderers.pagerDuty(message))
    await sendWithRetry(lane.pace, place.name, async () => await lane.ports.pager.send(key, event));
  await recordDelivered(lane, place, message);
}

/** Runs with a claim that is given back where it fails. Throws what it throws, Unfinished where the claim could not be given back either. */
async function withClaim(
  lane: ChannelWorker,
  channel: string,
  message: Message,
  run: () => Promise<void>,
): Promise<void> {
  try {
    await run();
  } catch (fault) {
    const [release] = await Promise.allSettled([lane.ports.deliveries.release(channel, message, lane.owner)]);
    throw release.status === 'fulfilled' ? fault : new Unfinished([fault, release.reason]);
  }
}

/** The webhook gets what the bot cannot post. Throws what the webhook threw along with the bot's refusal. */
async function fallBackToWebhook(
  lane: ChannelWorker,
  { channel, code }: ChannelRefused,
  message: Message,
  thread: Thread | undefined,
): Promise<void> {
  const { ports, owner } = lane;
  ports.journal({ what: 'fell-back', message, channel, code });
  await deliverTo(lane, { kind: 'webhook', name: DEFAULT_ENTRY }, message);
  await recordWithRetry(lane, async () => await ports.deliveries.delivered(channel, message, owner, thread));
}

async function sendToSlackOrWebhook(
  lane: ChannelWorker,
  id: string,
  message: Message,
  thread: Thread | undefined,
): Promise<void> {
  const name = channelName({ kind: 'slack', id });
  try {
    await sendToSlack(lane, { id, name }, message, thread);
  } catch (error) {
    const isForGood = error instanceof ChannelRefused && !error.retryable;
    if (!isForGood || !Object.hasOwn(lane.keys.webhooks, DEFAULT_ENTRY)) throw error;
    await fallBackToWebhook(lane, error, message, thread);
  }
}

async function send(
  lane: ChannelWorker,
  channel: Channel,
  message: Message,
  thread: Thread | undefined,
): Promise<void> {
  switch (channel.kind) {
    case 'slack':
      return await sendToSlackOrWebhook(lane, channel.id, message, thread);
    case 'webhook':
      return await sendToWebhook(lane, { entry: channel.name, name: channelName(channel) }, message);
    case 'pagerduty':
      return await sendToPagerDuty(lane, { entry: channel.name, name: channelName(channel) }, message);
    default:
      return channel satisfies never;
  }
}

/** What is left to do with a claim. Throws CallFailed, ChannelRefused. */
async function deliverClaimed(lane: ChannelWorker, channel: Channel, message: Message, name: string): Promise<void> {
  const claim = await waitForClaim(lane, name, message);
  if (claim.kind === 'done') return lane.ports.journal({ what: 'known', message, channel: name });
  await withClaim(lane, name, message, async () =>
    claim.kind === 'posted' && channel.kind === 'slack'
      ? await updateFirstMessage(lane, { id: channel.id, name }, message, claim.thread)
      : await send(lane, channel, message, claim.thread),
  );
  lane.ports.journal({ what: 'delivered', message, channel: name });
}

/**
 * Tells a channel a message that it does not have yet: claim, post, note. A channel that has it, or that has nothing to do with it, is
 * left alone. Throws CallFailed, ChannelRefused.
 */
async function deliverTo(lane: ChannelWorker, channel: Channel, message: Message): Promise<void> {
  if (channel.kind === 'pagerduty' && lane.renderers.pagerDuty(message).length === 0) return;
  const name = channelName(channel);
  if (!lane.pace.hasTime(name)) throw new ChannelRefused(name, 'no_time_left', true);
  await deliverClaimed(lane, channel, message, name);
}

/** A message as the queue brought it. */
export interface QueuedAlert {
  /** Names it to the queue. */
  readonly receipt: string;
  readonly message: Message;
}

interface DeliveryJob extends QueuedAlert {
  readonly channel: Channel;
}

type ReportFailure = (parcel: QueuedAlert, channel: string | undefined, fault: unknown) => void;

function jobsOf(
  parcels: readonly QueuedAlert[],
  { routes }: DeliveryInvocation,
  keys: ChannelSecrets,
  fail: ReportFailure,
): readonly DeliveryJob[] {
  return parcels.flatMap((parcel) => {
    try {
      return channelsFor(parcel.message, routes, keys).map((channel) => ({ ...parcel, channel }));
    } catch (fault) {
      fail(parcel, undefined, fault);
      return [];
    }
  });
}

/** Whether what comes after it in a thread must not overtake it: PagerDuty drops what ends an alert that it does not have yet. */
function blocksThread({ channel }: DeliveryJob, fault: unknown): boolean {
  return channel.kind === 'pagerduty' && fault instanceof RemediatorError && fault.retryable;
}

/** A channel's messages, one after the other: what fails leaves the next ones to be tried. */
async function runChannel(lane: ChannelWorker, jobs: readonly DeliveryJob[], fail: ReportFailure): Promise<void> {
  const awaited = new Set<string>();
  for (const job of jobs) {
    const name = channelName(job.channel);
    try {
      if (awaited.has(job.message.thread)) throw new ChannelRefused(name, 'after_another', true);
      await deliverTo(lane, job.channel, job.message);
    } catch (fault) {
      if (blocksThread(job, fault)) awaited.add(job.message.thread);
      fail(job, name, fault);
    }
  }
}

/**
 * Delivers messages to the channels that they are for: channels side by side, the messages of each one by one, the oldest first. Answers the receipts of
 * those that some channel did not take: brought again, they go to the channels that do not have them yet.
 *
 * A claim's owner is the invocation and the channel, so that the webhook that stands in for a bot is not mistaken for itself.
 *
 * @throws CallFailed, InputInvalid where the keys cannot be read: then nothing was delivered.
 */
export async function deliver(parcels: readonly QueuedAlert[], cell: DeliveryInvocation): Promise<ReadonlySet<string>> {
  const { ports, renderers, owner, until } = cell;
  const keys = await ports.keys.read();
  const common = {
    ports,
    renderers,
    keys,
    slack: ports.slack(keys.slackBotToken),
    pace: new RateLimiter(ports.clock, until),
  };
  const failed = new Set<string>();
  const fail: ReportFailure = ({ receipt, message }, channel, fault) => {
    failed.add(receipt);
    ports.journal({ what: 'refused', message, ...(channel !== undefined && { channel }), fault });
  };
  const inTime = parcels.toSorted((a, b) => a.message.at - b.message.at);
  const lanes = Map.groupBy(jobsOf(inTime, cell, keys, fail), ({ channel }) => channelName(channel));
  await Promise.all(
    [...lanes].map(async ([name, jobs]) => await runChannel({ ...common, owner: `${owner} ${name}` }, jobs, fail)),
  );
  return failed;
}
