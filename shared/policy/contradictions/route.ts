import { SEVERITIES } from '../../domain/controls/finding.ts';
import { matchesGlob } from '../../domain/glob.ts';
import type { Channel, Route } from '../../domain/notifications/delivery.ts';
import { MESSAGE_KINDS, type MessageKind, type Urgency } from '../../domain/notifications/message.ts';
import { KINDS } from '../schema/message-kinds.ts';
import { repeated, type SectionIssue } from '../schema/word.ts';

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

const topicsOf = ({ kinds, urgencies }: Parts): readonly Topic[] =>
  TOPICS.filter(({ kind, urgency }) => kinds?.includes(kind) !== false && urgencies?.includes(urgency) !== false);

const isWithin = <T>(words: readonly T[], others: readonly T[]): boolean =>
  words.every((word) => others.includes(word));

/** Whether globs take in all that others do. A `*` of the text is matched by a `*` alone, so what fits the text fits the pattern. */
const takesIn = (patterns: readonly string[] | undefined, texts: readonly string[] | undefined): boolean =>
  patterns === undefined ||
  (texts?.every((text) => patterns.some((pattern) => matchesGlob(pattern, text))) ?? patterns.includes('*'));

const tagsTakeIn = (wider: Parts['tags'] = {}, narrower: Parts['tags'] = {}): boolean =>
  Object.entries(wider).every(([key, pattern]) => {
    const value = Object.hasOwn(narrower, key) ? narrower[key] : undefined;
    return value !== undefined && matchesGlob(pattern, value);
  });

/** Whether every message that fits `narrower` fits `wider`. May be false where it does, never true where it does not. */
const covers = (wider: Parts, narrower: Parts): boolean =>
  isWithin(topicsOf(narrower), topicsOf(wider)) &&
  isWithin(narrower.severities ?? SEVERITIES, wider.severities ?? SEVERITIES) &&
  takesIn(wider.accounts, narrower.accounts) &&
  (wider.owners === undefined || (narrower.owners !== undefined && takesIn(wider.owners, narrower.owners))) &&
  tagsTakeIn(wider.tags, narrower.tags);

const nameOf = (channel: Channel): string =>
  channel.kind === 'slack' ? `slack ${channel.id}` : `${channel.kind} ${channel.name}`;

/** Channels of a route that an earlier one for the same messages, or more, has already. */
const toldBefore = (route: Route, before: readonly Route[]): readonly string[] =>
  route.to.map(nameOf).filter((name) => before.some((one) => covers(one, route) && one.to.map(nameOf).includes(name)));

const has = (route: Route, incident: (typeof MESSAGE_KINDS)[MessageKind]['incident']): boolean =>
  topicsOf(route).some(({ kind }) => MESSAGE_KINDS[kind].incident === incident);

/** PagerDuty services of a route that are told what begins an incident, and by no route what ends one. */
const neverEnded = (route: Route, routes: readonly Route[]): readonly SectionIssue[] => {
  if (!has(route, 'begins')) return [];
  return route.to.flatMap((channel, index) => {
    const name = nameOf(channel);
    const ends = routes.some((one) => has(one, 'ends') && one.to.map(nameOf).includes(name));
    return channel.kind !== 'pagerduty' || ends
      ? []
      : [
          {
            path: ['to', index],
            text: `${name} is told what begins an incident and never what ends it: leave urgency out, only what calls pages`,
          },
        ];
  });
};

const neverFits = ({ kinds, urgencies }: Route): SectionIssue => ({
  path: ['kinds'],
  text: `no message fits: ${(kinds ?? []).join(', ')} and urgency ${(urgencies ?? []).join(', ')} exclude each other`,
});

const placeIssues = (route: Route, before: readonly Route[]): readonly SectionIssue[] => {
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
};

const issuesOf = (
  route: Route,
  index: number,
  routes: readonly Route[],
  haveOwners: boolean,
): readonly SectionIssue[] => {
  const inItself = repeated(route.to.map(nameOf), ['to']);
  if (topicsOf(route).length === 0) return [...inItself, neverFits(route)];
  const nobodys = route.owners !== undefined && !haveOwners;
  return [
    ...inItself,
    ...(nobodys ? [{ path: ['owners'], text: 'no group has an owner: name tag keys under ownerTags' }] : []),
    ...neverEnded(route, routes),
    ...placeIssues(route, routes.slice(0, index)),
  ];
};

/** Routes that say nothing, or too little: a channel named twice, messages that there are none of, incidents without an end, routes that no message reaches. */
export const routeIssues = (routes: readonly Route[], haveOwners: boolean): readonly SectionIssue[] =>
  routes.flatMap((route, index) =>
    issuesOf(route, index, routes, haveOwners).map(({ path, text }) => ({ path: [index, ...path], text })),
  );
