import type { Channel } from '../../domain/notifications/delivery.ts';

/** The webhook that stands in for a bot that cannot post, and the channels of messages that no route takes: by this name in the secret. */
export const DEFAULT = 'default';

/** A channel's name in the record, in logs and in errors: `slack:C0123456789`, `webhook:default`. */
export const channelName = (channel: Channel): string =>
  channel.kind === 'slack' ? `slack:${channel.id}` : `${channel.kind}:${channel.name}`;
