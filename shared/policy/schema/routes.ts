import { z } from 'zod';
import { CHANNEL_KINDS, type Channel, channelSpec, type Route } from '../../domain/delivery.ts';
import { SEVERITIES } from '../../domain/finding.ts';
import { matchesGlob } from '../../domain/identity.ts';
import { MESSAGE_KINDS, type MessageKind, type Urgency } from '../../domain/message.ts';
import { refinedBy, repeated, type SectionIssue, words } from './values.ts';

/** Repeated channels, routes that no message matches or reaches, and incidents that never end. */
export function routeIssues(routes: readonly Route[], hasOwnerTags: boolean): readonly SectionIssue[] {
  return routes.flatMap((route, index) =>
    issuesOfRoute(route, index, routes, hasOwnerTags).map(({ path, text }) => ({ path: [index, ...path], text })),
  );
}

function issuesOfRoute(
  route: Route,
  index: number,
  routes: readonly Route[],
  hasOwnerTags: boolean,
): readonly SectionIssue[] {
  const repeatedChannels = repeated(route.to.map(nameOf), ['to']);
  if (topicsOf(route).length === 0) return [...repeatedChannels, matchesNothing(route)];
  const isWithoutOwners = route.owners !== undefined && !hasOwnerTags;
  return [
    ...repeatedChannels,
    ...(isWithoutOwners
      ? [{ path: ['owners'], text: 'ownerTags is empty, so no group has an owner: add tag keys to ownerTags' }]
      : []),
    ...neverEnded(route, routes),
    ...orderIssues(route, routes.slice(0, index)),
  ];
}

const A_CHANNEL = "the id of a Slack channel, such as C0123456789 (at the end of the channel's details)";

const AN_ENTRY = 'the name of an entry of the secret: letters, digits, dot, dash and underscore';

const entryName = z.string({ error: AN_ENTRY }).regex(/^[A-Za-z0-9][\w.-]{0,63}$/, { error: AN_ENTRY });

const slackChannelId = z.string({ error: A_CHANNEL }).regex(/^[CG][A-Z0-9]{8,20}$/, { error: A_CHANNEL });

/** One optional key for each kind of channel. */
const CHANNEL_FIELDS = Object.fromEntries(
  CHANNEL_KINDS.map((kind) => {
    const { secretField, description } = channelSpec(kind);
    return [kind, (secretField === undefined ? slackChannelId : entryName).optional().describe(description)] as const;
  }),
);

const channelSchema = z
  .strictObject(CHANNEL_FIELDS, { error: 'a channel, such as slack: C0123456789' })
  .superRefine(refinedBy(channelIssues));

function channelIssues(written: Readonly<Record<string, string | undefined>>): readonly SectionIssue[] {
  const kinds = `${CHANNEL_KINDS.slice(0, -1).join(', ')} and ${CHANNEL_KINDS.at(-1)}`;
  return Object.values(written).filter((one) => one !== undefined).length === 1
    ? []
    : [{ path: [], text: `expected one of ${kinds}` }];
}

function nameOf(channel: Channel): string {
  return `${channel.kind} ${channel.name}`;
}

type Parts = Omit<Route, 'to' | 'last'>;

/** A kind of message with its urgency. */
interface Topic {
  readonly kind: MessageKind;
  readonly urgency: Urgency;
}

/** The kinds of messages. */
const KINDS: readonly MessageKind[] = Object.keys(MESSAGE_KINDS).filter(
  (word): word is MessageKind => word in MESSAGE_KINDS,
);

/** The digest of an alert burst has the urgency `call` if one of its messages has. */
const TOPICS: readonly Topic[] = [
  ...KINDS.map((kind) => ({ kind, urgency: MESSAGE_KINDS[kind].urgency })),
  { kind: 'storm', urgency: 'call' },
];

function topicsOf({ kinds, urgencies }: Parts): readonly Topic[] {
  return TOPICS.filter(
    ({ kind, urgency }) => kinds?.includes(kind) !== false && urgencies?.includes(urgency) !== false,
  );
}

function matchesNothing({ kinds, urgencies }: Route): SectionIssue {
  return {
    path: ['kinds'],
    text: `no message matches: ${(kinds ?? []).join(', ')} and urgency ${(urgencies ?? []).join(', ')} exclude each other`,
  };
}

/** PagerDuty services that get the start of an incident from this route, but the end of it from no route. */
function neverEnded(route: Route, routes: readonly Route[]): readonly SectionIssue[] {
  if (!carries(route, 'begins')) return [];
  return route.to.flatMap((channel, index) => {
    const name = nameOf(channel);
    const ends = routes.some((one) => carries(one, 'ends') && one.to.map(nameOf).includes(name));
    return channelSpec(channel.kind).tracksIncidents !== true || ends
      ? []
      : [
          {
            path: ['to', index],
            text: `${name} gets the start of an incident but never its end: remove urgency; only messages with the urgency call page anyone`,
          },
        ];
  });
}

function carries(route: Route, incident: (typeof MESSAGE_KINDS)[MessageKind]['incident']): boolean {
  return topicsOf(route).some(({ kind }) => MESSAGE_KINDS[kind].incident === incident);
}

function orderIssues(route: Route, before: readonly Route[]): readonly SectionIssue[] {
  const shadow = before.findIndex((one) => one.last && covers(one, route));
  if (shadow !== -1)
    return [
      {
        path: [],
        text: `is never reached: alerts.routes.${shadow} has last: true and matches all messages of this route`,
      },
    ];
  const again = reachedBefore(route, before);
  return again.length === route.to.length
    ? [{ path: ['to'], text: `${again.join(', ')} already gets all of these messages from an earlier route` }]
    : [];
}

/** Whether `wider` matches every message of `narrower`. False if this is uncertain. */
function covers(wider: Parts, narrower: Parts): boolean {
  return (
    isSubset(topicsOf(narrower), topicsOf(wider)) &&
    isSubset(narrower.severities ?? SEVERITIES, wider.severities ?? SEVERITIES) &&
    globsCover(wider.accounts, narrower.accounts) &&
    (wider.owners === undefined || (narrower.owners !== undefined && globsCover(wider.owners, narrower.owners))) &&
    tagsCover(wider.tags, narrower.tags)
  );
}

function isSubset<T>(subset: readonly T[], set: readonly T[]): boolean {
  return subset.every((element) => set.includes(element));
}

/** Whether globs match all that other globs match. Only a `*` matches the `*` of another glob. */
function globsCover(patterns: readonly string[] | undefined, texts: readonly string[] | undefined): boolean {
  return (
    patterns === undefined ||
    (texts?.every((text) => patterns.some((pattern) => matchesGlob(pattern, text))) ?? patterns.includes('*'))
  );
}

function tagsCover(wider: Parts['tags'] = {}, narrower: Parts['tags'] = {}): boolean {
  return Object.entries(wider).every(([key, pattern]) => {
    const value = Object.hasOwn(narrower, key) ? narrower[key] : undefined;
    return value !== undefined && matchesGlob(pattern, value);
  });
}

/** Channels of a route that already get all its messages from an earlier route. */
function reachedBefore(route: Route, before: readonly Route[]): readonly string[] {
  return route.to
    .map(nameOf)
    .filter((name) => before.some((one) => covers(one, route) && one.to.map(nameOf).includes(name)));
}

const AN_ACCOUNT = 'an account id in quotes, such as "111122223333", with * for anything';

const account = z.string({ error: AN_ACCOUNT }).regex(/^(?:\d{12}|[\d*]*\*[\d*]*)$/, { error: AN_ACCOUNT });

/** One route. */
export const routeSchema = z.strictObject(
  {
    to: z
      .array(channelSchema, { error: 'a list of channels' })
      .min(1, { error: 'at least one channel' })
      .describe('Channels of the messages.'),
    accounts: someOf(account, 'accounts').describe('Account ids; * stands for anything.'),
    owners: someOf(words('an owner, with * for anything'), 'owners').describe('Owners by the tags of the group.'),
    tag: z
      .record(words('a tag key'), z.string({ error: 'a value, with * for anything' }), {
        error: 'a map of tags to their values',
      })
      .refine((tags) => Object.keys(tags).length > 0, { error: 'at least one tag' })
      .optional()
      .describe('Tags that the group must have; * stands for anything.'),
    severities: someOf(z.enum(SEVERITIES, { error: `a severity (${SEVERITIES.join(', ')})` }), 'severities').describe(
      'Severities of the message.',
    ),
    urgency: z
      .enum(['call', 'inform'], { error: 'call or inform' })
      .optional()
      .describe('call: messages that someone must answer. inform: all others.'),
    kinds: someOf(z.enum(KINDS, { error: 'a kind of message' }), 'kinds').describe('Kinds of message.'),
    last: z
      .boolean({ error: 'true or false' })
      .optional()
      .describe('Whether a matching message skips all later routes; default false.'),
  },
  { error: 'a map of to and conditions' },
);

function someOf<T extends z.ZodType>(element: T, what: string) {
  return z
    .array(element, { error: `a list of ${what}` })
    .min(1, { error: `at least one of the ${what} (for all, remove the key)` })
    .optional();
}

/** Compiles a route. */
export function compileRoute(written: z.infer<typeof routeSchema>): Route {
  const { to, accounts, owners, tag, severities, urgency, kinds, last } = written;
  return {
    to: to.flatMap(compileChannel),
    ...(accounts && { accounts }),
    ...(owners && { owners }),
    ...(tag && { tags: tag }),
    ...(severities && { severities }),
    ...(urgency && { urgencies: [urgency] }),
    ...(kinds && { kinds }),
    last: last ?? false,
  };
}

function compileChannel(written: z.infer<typeof channelSchema>): readonly Channel[] {
  return CHANNEL_KINDS.flatMap((kind) => {
    const name = written[kind];
    return name === undefined ? [] : [{ kind, name }];
  });
}
