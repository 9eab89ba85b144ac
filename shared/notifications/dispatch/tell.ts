import { ChannelRefused, Unfinished } from '../../domain/errors.ts';
import type { Channel, Thread } from '../../domain/notifications/delivery.ts';
import type { Message } from '../../domain/notifications/message.ts';
import type { Lane } from './cell.ts';
import { channelName, DEFAULT } from './channel-name.ts';
import { claimed, noted } from './claim.ts';
import { toPagerDuty, toWebhook } from './to-entry.ts';
import { bringUpToDate, toSlack } from './to-slack.ts';

/** Runs with a claim that is given back where it fails. Throws what it throws, Unfinished where the claim could not be given back either. */
const withClaim = async (lane: Lane, channel: string, message: Message, run: () => Promise<void>): Promise<void> => {
  try {
    await run();
  } catch (fault) {
    const [release] = await Promise.allSettled([lane.ports.deliveries.release(channel, message, lane.owner)]);
    throw release.status === 'fulfilled' ? fault : new Unfinished([fault, release.reason]);
  }
};

/** The webhook gets what the bot cannot post. Throws what the webhook threw along with the bot's refusal. */
const fallBack = async (
  lane: Lane,
  { channel, code }: ChannelRefused,
  message: Message,
  thread: Thread | undefined,
): Promise<void> => {
  const { ports, owner } = lane;
  ports.journal({ what: 'fell-back', message, channel, code });
  await tell(lane, { kind: 'webhook', name: DEFAULT }, message);
  await noted(lane, async () => await ports.deliveries.delivered(channel, message, owner, thread));
};

const handToSlack = async (lane: Lane, id: string, message: Message, thread: Thread | undefined): Promise<void> => {
  const name = channelName({ kind: 'slack', id });
  try {
    await toSlack(lane, { id, name }, message, thread);
  } catch (error) {
    const isForGood = error instanceof ChannelRefused && !error.retryable;
    if (!isForGood || !Object.hasOwn(lane.keys.webhooks, DEFAULT)) throw error;
    await fallBack(lane, error, message, thread);
  }
};

const hand = async (lane: Lane, channel: Channel, message: Message, thread: Thread | undefined): Promise<void> => {
  switch (channel.kind) {
    case 'slack':
      return await handToSlack(lane, channel.id, message, thread);
    case 'webhook':
      return await toWebhook(lane, { entry: channel.name, name: channelName(channel) }, message);
    case 'pagerduty':
      return await toPagerDuty(lane, { entry: channel.name, name: channelName(channel) }, message);
    default:
      return channel satisfies never;
  }
};

/** What is left to do with a claim. Throws CallFailed, ChannelRefused. */
const carryOn = async (lane: Lane, channel: Channel, message: Message, name: string): Promise<void> => {
  const claim = await claimed(lane, name, message);
  if (claim.kind === 'done') return lane.ports.journal({ what: 'known', message, channel: name });
  await withClaim(lane, name, message, async () =>
    claim.kind === 'posted' && channel.kind === 'slack'
      ? await bringUpToDate(lane, { id: channel.id, name }, message, claim.thread)
      : await hand(lane, channel, message, claim.thread),
  );
  lane.ports.journal({ what: 'delivered', message, channel: name });
};

/**
 * Tells a channel a message that it does not have yet: claim, post, note. A channel that has it, or that has nothing to do with it, is
 * left alone. Throws CallFailed, ChannelRefused.
 */
export const tell = async (lane: Lane, channel: Channel, message: Message): Promise<void> => {
  if (channel.kind === 'pagerduty' && lane.renderers.pagerDuty(message).length === 0) return;
  const name = channelName(channel);
  if (!lane.pace.isOpen(name)) throw new ChannelRefused(name, 'no_time_left', true);
  await carryOn(lane, channel, message, name);
};
