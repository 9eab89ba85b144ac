import { CHANNEL_KINDS, type Channel, type ChannelSecrets, channelSpec, type Route } from '../../domain/delivery.ts';
import { InputInvalid } from '../../domain/errors.ts';
import { matchesGlob } from '../../domain/identity.ts';
import type { Message } from '../../domain/message.ts';
import { type ChannelAdapters, channelName, DEFAULT_ENTRY } from './channel-worker.ts';

/**
 * The channels of a message, each once: those of every matching route, up to the first with `last`. If no
 * route matches, the default channels of the secret.
 *
 * @throws InputInvalid if there is no channel.
 */
export function channelsFor(
  message: Message,
  routes: readonly Route[],
  secrets: ChannelSecrets,
  adapters: ChannelAdapters,
): readonly Channel[] {
  const matching = matchingRoutes(routes, message).flatMap(({ to }) => to);
  const channels = matching.length > 0 ? matching : defaultChannels(message, secrets, adapters);
  return [...new Map(channels.map((channel) => [channelName(channel), channel])).values()];
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
 * Whether a message that needs a person, or that ends such a message, is about many groups: an alert burst,
 * an oversized sweep, the budget. It has no tags or owner of its own, so routes by tag or owner get it too.
 * Otherwise anyone could hide an outcome from the people of a group by causing a burst.
 */
function concernsManyGroups({ group, urgency, kind }: Message): boolean {
  return group === undefined && (urgency === 'call' || kind === 'budget-resumed');
}

function ignoringGroups({ owners: _owners, tags: _tags, ...rest }: Route): Route {
  return rest;
}

function matchingRoutes(routes: readonly Route[], message: Message): readonly Route[] {
  const isAboutMany = concernsManyGroups(message);
  const matching = routes.filter((route) => matchesRoute(isAboutMany ? ignoringGroups(route) : route, message));
  // `last` of a route by tag or owner does not apply to a message about many groups.
  const last = matching.findIndex((route) => route.last && matchesRoute(route, message));
  return last === -1 ? matching : matching.slice(0, last + 1);
}

/** The secret's fields that name a default channel. */
function defaultFields(): readonly string[] {
  const fields = CHANNEL_KINDS.flatMap((kind) => channelSpec(kind).secretField ?? []);
  return ['slackChannel', ...fields.map((field) => `${field}.${DEFAULT_ENTRY}`)];
}

function defaultChannels(message: Message, secrets: ChannelSecrets, adapters: ChannelAdapters): readonly Channel[] {
  const channels = CHANNEL_KINDS.flatMap((kind) => {
    const name = adapters[kind].defaultName(secrets);
    return name === undefined ? [] : [{ kind, name }];
  });
  if (channels.length > 0) return channels;
  throw new InputInvalid(
    `alerts: no route takes ${message.id}, and the secret names no default channel: set one of ${defaultFields().join(', ')}`,
  );
}
