import type { Channel, ChannelSecrets, Route } from '../../domain/delivery.ts';
import { InputInvalid } from '../../domain/errors.ts';
import { matchesGlob } from '../../domain/identity.ts';
import type { Message } from '../../domain/message.ts';

/** The webhook that stands in for a bot that cannot post, and the channels of messages that no route takes: by this name in the secret. */
export const DEFAULT_ENTRY = 'default';

/** A channel's name in the record, in logs and in errors: `slack:C0123456789`, `webhook:default`. */
export function channelName(channel: Channel): string {
  return channel.kind === 'slack' ? `slack:${channel.id}` : `${channel.kind}:${channel.name}`;
}

function matchesAny(patterns: readonly string[] | undefined, text: string | undefined): boolean {
  return patterns === undefined || (text !== undefined && patterns.some((pattern) => matchesGlob(pattern, text)));
}

function hasTags(wanted: Route['tags'] = {}, tags: Readonly<Record<string, string>> = {}): boolean {
  return Object.entries(wanted).every(
    ([key, pattern]) => Object.hasOwn(tags, key) && matchesGlob(pattern, tags[key] ?? ''),
  );
}

function isOneOf<T>(wanted: readonly T[] | undefined, one: T): boolean {
  return wanted === undefined || wanted.includes(one);
}

function matchesRoute({ accounts, owners, tags, severities, urgencies, kinds }: Route, message: Message): boolean {
  return (
    matchesAny(accounts, message.account) &&
    matchesAny(owners, message.owner) &&
    hasTags(tags, message.group?.tags) &&
    isOneOf(severities, message.severity) &&
    isOneOf(urgencies, message.urgency) &&
    isOneOf(kinds, message.kind)
  );
}

/**
 * What calls people about many groups at once, or ends that: a storm's digest, a sweep that was too much, the budget. It has no tags and no
 * owner of its own. Else whoever makes a storm would keep what is in it from the people who are called for just these groups.
 */
function concernsManyGroups({ group, urgency, kind }: Message): boolean {
  return group === undefined && (urgency === 'call' || kind === 'budget-resumed');
}

function ignoringGroups({ owners: _owners, tags: _tags, ...rest }: Route): Route {
  return rest;
}

function matchingRoutes(routes: readonly Route[], message: Message): readonly Route[] {
  const isMany = concernsManyGroups(message);
  const fitting = routes.filter((route) => matchesRoute(isMany ? ignoringGroups(route) : route, message));
  // A route for some groups is the last one only for what is about these alone.
  const last = fitting.findIndex((route) => route.last && matchesRoute(route, message));
  return last === -1 ? fitting : fitting.slice(0, last + 1);
}

function defaultChat({ slackChannel, webhooks }: ChannelSecrets): readonly Channel[] {
  if (slackChannel !== undefined) return [{ kind: 'slack', id: slackChannel }];
  return Object.hasOwn(webhooks, DEFAULT_ENTRY) ? [{ kind: 'webhook', name: DEFAULT_ENTRY }] : [];
}

/** PagerDuty is asked every time: what ends an incident has to get there, too, and its renderer leaves out what nobody has to act on. */
function defaultPager({ pagerDuty }: ChannelSecrets): readonly Channel[] {
  return Object.hasOwn(pagerDuty, DEFAULT_ENTRY) ? [{ kind: 'pagerduty', name: DEFAULT_ENTRY }] : [];
}

function defaultChannels(message: Message, keys: ChannelSecrets): readonly Channel[] {
  const channels = [...defaultChat(keys), ...defaultPager(keys)];
  if (channels.length > 0) return channels;
  throw new InputInvalid(
    `alerts: no route takes ${message.id}, and the secret has no default channel: set slackChannel, webhooks.default or pagerDuty.default`,
  );
}

/**
 * Where a message goes, each channel once: the channels of every route that it fits, down to the first of these that is the last one;
 * where it fits none, the default ones of the secret.
 *
 * @throws InputInvalid where there is nowhere to go.
 */
export function channelsFor(message: Message, routes: readonly Route[], keys: ChannelSecrets): readonly Channel[] {
  const fitting = matchingRoutes(routes, message).flatMap(({ to }) => to);
  const channels = fitting.length > 0 ? fitting : defaultChannels(message, keys);
  return [...new Map(channels.map((channel) => [channelName(channel), channel])).values()];
}
