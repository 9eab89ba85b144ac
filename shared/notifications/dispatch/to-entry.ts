import { ChannelRefused } from '../../domain/errors.ts';
import type { Message } from '../../domain/notifications/message.ts';
import { attempt } from './attempt.ts';
import type { Lane } from './cell.ts';
import { noted } from './claim.ts';

/** An entry of the secret: its name there, and the name that the channel goes by here. */
export interface EntryPlace {
  readonly entry: string;
  readonly name: string;
}

/** Throws ChannelRefused where the secret has no such entry. */
const valueOf = (entries: Readonly<Record<string, string>>, { entry, name }: EntryPlace): string => {
  const value = Object.hasOwn(entries, entry) ? entries[entry] : undefined;
  if (value === undefined) throw new ChannelRefused(name, 'not_in_secret', false);
  return value;
};

const note = async (lane: Lane, { name }: EntryPlace, message: Message): Promise<void> => {
  const { deliveries } = lane.ports;
  await noted(lane, async () => await deliveries.delivered(name, message, lane.owner, undefined));
};

/** Posts a message to a webhook, which has no threads, and notes it. Throws CallFailed, ChannelRefused. */
export const toWebhook = async (lane: Lane, place: EntryPlace, message: Message): Promise<void> => {
  const url = valueOf(lane.keys.webhooks, place);
  const rendered = lane.renderers.slack(message);
  await attempt(lane.pace, place.name, async () => await lane.slack.webhook(url, rendered));
  await note(lane, place, message);
};

/** Sends a message's events to a PagerDuty service, in their order, and notes it. Throws CallFailed, ChannelRefused. */
export const toPagerDuty = async (lane: Lane, place: EntryPlace, message: Message): Promise<void> => {
  const key = valueOf(lane.keys.pagerDuty, place);
  for (const event of lane.renderers.pagerDuty(message))
    await attempt(lane.pace, place.name, async () => await lane.ports.pager.send(key, event));
  await note(lane, place, message);
};
