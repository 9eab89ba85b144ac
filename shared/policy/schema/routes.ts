import { z } from 'zod';
import { CHANNEL_KINDS, type Channel, channelSpec, type Route } from '../../domain/delivery.ts';
import { SEVERITIES } from '../../domain/finding.ts';
import { matchesGlob } from '../../domain/identity.ts';
import { MESSAGE_KINDS, type MessageKind, type Urgency } from '../../domain/message.ts';
import { refinedBy, repeated, type SectionIssue, words } from './values.ts';

/** What a message can be about, word by word. */
const KINDS: readonly MessageKind[] = Object.keys(MESSAGE_KINDS).filter(
  (word): word is MessageKind => word in MESSAGE_KINDS,
);

type Parts = Omit<Route, 'to' | 'last'>;

/** A kind of message, and whether it calls. */
interface Topic {
  readonly kind: MessageKind;
  readonly urgency: Urgency;
}

/** The digest of a storm calls where something in it does. */
const TOPICS: readonly Topic[] = [
  ...KINDS.map((kind) => ({ kind, urgency: MESSAGE_KINDS[kind].urgency })),
  { kind: 'storm', urgency: 'call' },
];

function topicsOf({ kinds, urgencies }: Parts): readonly Topic[] {
  return TOPICS.filter(
    ({ kind, urgency }) => kinds?.includes(kind) !== false && urgencies?.includes(urgency) !== false,
  );
}

function isWithin<T>(words: readonly T[], others: readonly T[]): boolean {
  return words.every((word) => others.includes(word));
}

/** Whether globs take in all that others do. A `*` of the text is matched by a `*` alone, so what fits the text fits the pattern. */
function takesIn(patterns: readonly string[] | undefined, texts: readonly string[] | undefined): boolean {
  return (
    patterns === undefined ||
    (texts?.every((text) => patterns.some((pattern) => matchesGlob(pattern, text))) ?? patterns.includes('*'))
  );
}

function tagsTakeIn(wider: Parts['tags'] = {}, narrower: Parts['tags'] = {}): boolean {
  return Object.entries(wider).every(([key, pattern]) => {
    const value = Object.hasOwn(narrower, key) ? narrower[key] : undefined;
    return value !== undefined && matchesGlob(pattern, value);
  });
}

/** Whether every message that fits `narrower` fits `wider`. May be false where it does, never true where it does not. */
function covers(wider: Parts, narrower: Parts): boolean {
  return (
    isWithin(topicsOf(narrower), topicsOf(wider)) &&
    isWithin(narrower.severities ?? SEVERITIES, wider.severities ?? SEVERITIES) &&
    takesIn(wider.accounts, narrower.accounts) &&
    (wider.owners === undefined || (narrower.owners !== undefined && takesIn(wider.owners, narrower.owners))) &&
    tagsTakeIn(wider.tags, narrower.tags)
  );
}

function nameOf(channel: Channel): string {
  return `${channel.kind} ${channel.name}`;
}

/** Channels of a route that an earlier one for the same messages, or more, has already. */
function toldBefore(route: Route, before: readonly Route[]): readonly string[] {
  return route.to
    .map(nameOf)
    .filter((name) => before.some((one) => covers(one, route) && one.to.map(nameOf).includes(name)));
}

function has(route: Route, incident: (typeof MESSAGE_KINDS)[MessageKind]['incident']): boolean {
  return topicsOf(route).some(({ kind }) => MESSAGE_KINDS[kind].incident === incident);
}

/** PagerDuty services of a route that are told what begins an incident, and by no route what ends one. */
function neverEnded(route: Route, routes: readonly Route[]): readonly SectionIssue[] {
  if (!has(route, 'begins')) return [];
  return route.to.flatMap((channel, index) => {
    const name = nameOf(channel);
    const ends = routes.some((one) => has(one, 'ends') && one.to.map(nameOf).includes(name));
    return channelSpec(channel.kind).tracksIncidents !== true || ends
      ? []
      : [
          {
            path: ['to', index],
            text: `${name} is told what begins an incident and never what ends it: leave urgency out, only what calls pages`,
          },
        ];
  });
}

function neverFits({ kinds, urgencies }: Route): SectionIssue {
  return {
    path: ['kinds'],
    text: `no message fits: ${(kinds ?? []).join(', ')} and urgency ${(urgencies ?? []).join(', ')} exclude each other`,
  };
}

function placeIssues(route: Route, before: readonly Route[]): readonly SectionIssue[] {
  const shadow = before.findIndex((one) => one.last && covers(one, route));
  if (shadow !== -1)
    return [
      {
        path: [],
        text: `is never reached: alerts.routes.${shadow} takes all of its messages and is the last for them`,
      },
    ];
  const again = toldBefore(route, before);
  return again.length === route.to.length
    ? [{ path: ['to'], text: `${again.join(', ')} has all of these messages by an earlier route` }]
    : [];
}

function issuesOfRoute(
  route: Route,
  index: number,
  routes: readonly Route[],
  haveOwners: boolean,
): readonly SectionIssue[] {
  const inItself = repeated(route.to.map(nameOf), ['to']);
  if (topicsOf(route).length === 0) return [...inItself, neverFits(route)];
  const nobodys = route.owners !== undefined && !haveOwners;
  return [
    ...inItself,
    ...(nobodys ? [{ path: ['owners'], text: 'no group has an owner: name tag keys under ownerTags' }] : []),
    ...neverEnded(route, routes),
    ...placeIssues(route, routes.slice(0, index)),
  ];
}

/** Routes that say nothing, or too little: a channel named twice, messages that there are none of, incidents without an end, routes that no message reaches. */
export function routeIssues(routes: readonly Route[], haveOwners: boolean): readonly SectionIssue[] {
  return routes.flatMap((route, index) =>
    issuesOfRoute(route, index, routes, haveOwners).map(({ path, text }) => ({ path: [index, ...path], text })),
  );
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

function channelIssues(written: Readonly<Record<string, string | undefined>>): readonly SectionIssue[] {
  const kinds = `${CHANNEL_KINDS.slice(0, -1).join(', ')} and ${CHANNEL_KINDS.at(-1)}`;
  return Object.values(written).filter((one) => one !== undefined).length === 1
    ? []
    : [{ path: [], text: `expected one of ${kinds}` }];
}

const channel = z
  .strictObject(CHANNEL_FIELDS, { error: 'a channel, such as slack: C0123456789' })
  .superRefine(refinedBy(channelIssues));

const AN_ACCOUNT = 'an account id in quotes, such as "111122223333", with * for anything';

const account = z.string({ error: AN_ACCOUNT }).regex(/^(?:\d{12}|[\d*]*\*[\d*]*)$/, { error: AN_ACCOUNT });

function someOf<T extends z.ZodType>(element: T, what: string) {
  return z
    .array(element, { error: `a list of ${what}` })
    .min(1, { error: `at least one of the ${what} (leave it out for all)` })
    .optional();
}

/** One route. */
export const routeSchema = z.strictObject(
  {
    to: z
      .array(channel, { error: 'a list of channels' })
      .min(1, { error: 'at least one channel' })
      .describe('Channels that the messages go to.'),
    accounts: someOf(account, 'accounts').describe('Account ids, * for anything.'),
    owners: someOf(words('an owner, with * for anything'), 'owners').describe('As the tags of the group say it.'),
    tag: z
      .record(words('a tag key'), z.string({ error: 'a value, with * for anything' }), {
        error: 'a map of tags to their values',
      })
      .refine((tags) => Object.keys(tags).length > 0, { error: 'at least one tag' })
      .optional()
      .describe('Tags that the group has, all of them; * stands for anything.'),
    severities: someOf(z.enum(SEVERITIES, { error: `a severity (${SEVERITIES.join(', ')})` }), 'severities').describe(
      'Of the message.',
    ),
    urgency: z
      .enum(['call', 'inform'], { error: 'call or inform' })
      .optional()
      .describe('call: messages that somebody has to answer. inform: all others.'),
    kinds: someOf(z.enum(KINDS, { error: 'a kind of message' }), 'kinds').describe('What the message is about.'),
    last: z
      .boolean({ error: 'true or false' })
      .optional()
      .describe('A message that fits goes to no route below; default false.'),
  },
  { error: 'a map of to and what goes there' },
);

function compileChannel(written: z.infer<typeof channel>): readonly Channel[] {
  return CHANNEL_KINDS.flatMap((kind) => {
    const name = written[kind];
    return name === undefined ? [] : [{ kind, name }];
  });
}

/** A valid route as the functions read it. */
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
