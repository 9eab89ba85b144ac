import { InputInvalid } from '../../domain/errors.ts';
import { matchesGlob } from '../../domain/glob.ts';
import type { Channel, Keys, Route } from '../../domain/notifications/delivery.ts';
import type { Message } from '../../domain/notifications/message.ts';
import { channelName, DEFAULT } from './channel-name.ts';

const isAny = (patterns: readonly string[] | undefined, text: string | undefined): boolean =>
  patterns === undefined || (text !== undefined && patterns.some((pattern) => matchesGlob(pattern, text)));

const hasTags = (wanted: Route['tags'] = {}, tags: Readonly<Record<string, string>> = {}): boolean =>
  Object.entries(wanted).every(([key, pattern]) => Object.hasOwn(tags, key) && matchesGlob(pattern, tags[key] ?? ''));

const isOneOf = <T>(wanted: readonly T[] | undefined, one: T): boolean => wanted === undefined || wanted.includes(one);

const fits = ({ accounts, owners, tags, severities, urgencies, kinds }: Route, message: Message): boolean =>
  isAny(accounts, message.account) &&
  isAny(owners, message.owner) &&
  hasTags(tags, message.group?.tags) &&
  isOneOf(severities, message.severity) &&
  isOneOf(urgencies, message.urgency) &&
  isOneOf(kinds, message.kind);

/**
 * What calls people about many groups at once, or ends that: a storm's digest, a sweep that was too much, the budget. It has no tags and no
 * owner of its own. Else whoever makes a storm would keep what is in it from the people who are called for just these groups.
 */
const isAboutMany = ({ group, urgency, kind }: Message): boolean =>
  group === undefined && (urgency === 'call' || kind === 'budget-resumed');

const withoutGroups = ({ owners: _owners, tags: _tags, ...rest }: Route): Route => rest;

const taken = (routes: readonly Route[], message: Message): readonly Route[] => {
  const isMany = isAboutMany(message);
  const fitting = routes.filter((route) => fits(isMany ? withoutGroups(route) : route, message));
  // A route for some groups is the last one only for what is about these alone.
  const last = fitting.findIndex((route) => route.last && fits(route, message));
  return last === -1 ? fitting : fitting.slice(0, last + 1);
};

const defaultTalk = ({ slackChannel, webhooks }: Keys): readonly Channel[] => {
  if (slackChannel !== undefined) return [{ kind: 'slack', id: slackChannel }];
  return Object.hasOwn(webhooks, DEFAULT) ? [{ kind: 'webhook', name: DEFAULT }] : [];
};

/** PagerDuty is asked every time: what ends an incident has to get there, too, and its renderer leaves out what nobody has to act on. */
const defaultPager = ({ pagerDuty }: Keys): readonly Channel[] =>
  Object.hasOwn(pagerDuty, DEFAULT) ? [{ kind: 'pagerduty', name: DEFAULT }] : [];

const defaults = (message: Message, keys: Keys): readonly Channel[] => {
  const channels = [...defaultTalk(keys), ...defaultPager(keys)];
  if (channels.length > 0) return channels;
  throw new InputInvalid(
    `alerts: no route takes ${message.id}, and the secret has no default channel: set slackChannel, webhooks.default or pagerDuty.default`,
  );
};

/**
 * Where a message goes, each channel once: the channels of every route that it fits, down to the first of these that is the last one;
 * where it fits none, the default ones of the secret.
 *
 * @throws InputInvalid where there is nowhere to go.
 */
export const channelsFor = (message: Message, routes: readonly Route[], keys: Keys): readonly Channel[] => {
  const fitting = taken(routes, message).flatMap(({ to }) => to);
  const channels = fitting.length > 0 ? fitting : defaults(message, keys);
  return [...new Map(channels.map((channel) => [channelName(channel), channel])).values()];
};
