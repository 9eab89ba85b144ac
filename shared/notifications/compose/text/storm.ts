import { SEVERITIES } from '../../../domain/controls/finding.ts';
import type { OutcomeStatus } from '../../../domain/decision.ts';
import type { Listing } from '../../../domain/notifications/message.ts';
import { callsPeople, type Gist } from '../../../domain/notifications/storm.ts';
import { lined } from '../listing.ts';
import { counted } from './digest.ts';

const WORST = 10;

const WORDS = {
  done: 'closed',
  reported: 'open, only told',
  pending: 'waiting for approval',
  held: 'not closed, the budget is spent',
  failed: 'NOT CLOSED',
} as const satisfies Record<OutcomeStatus, string>;

/** What needs people most, first: what is open before what is closed. */
const STATUSES = ['failed', 'held', 'pending', 'reported', 'done'] as const satisfies readonly OutcomeStatus[];

const perStatus = (gists: readonly Gist[]): string =>
  STATUSES.flatMap((status) => {
    const count = gists.filter((gist) => gist.status === status).length;
    return count === 0 ? [] : [`${count} ${WORDS[status]}`];
  }).join('; ');

/** `990 outcomes in one message: 3 NOT CLOSED; 987 closed` */
export const stormHeadline = (gists: readonly Gist[]): string =>
  `${counted(gists.length, 'outcome')} in one message: ${perStatus(gists)}`;

/** How many outcomes share a word, and how they ended, the most first. */
const countedBy = (gists: readonly Gist[], wordOf: (gist: Gist) => string): readonly string[] =>
  [...Map.groupBy(gists, wordOf)]
    .toSorted(([a, some], [b, others]) => others.length - some.length || (a < b ? -1 : 1))
    .map(([word, some]) => `${word}: ${some.length} (${perStatus(some)})`);

/** What somebody has to act on comes before anything that is closed, however bad: else ten closed openings hide it. */
const byNeed = (a: Gist, b: Gist): number =>
  Number(callsPeople(b)) - Number(callsPeople(a)) ||
  SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
  STATUSES.indexOf(a.status) - STATUSES.indexOf(b.status) ||
  b.rules - a.rules ||
  a.at - b.at;

const gistText = ({
  severity,
  status,
  groupId,
  groupName,
  region,
  control,
  rules,
  actor,
  remediationId,
}: Gist): string =>
  `${severity}: ${groupId} (${groupName}), ${region}: ${control}, ${counted(rules, 'rule')} ${WORDS[status]}, by ${actor ?? 'unknown'}, ${remediationId}`;

/** Counts by actor, control and account, and the ten worst: what calls people first; then by severity, how they ended, and the number of rules. */
export const stormListings = (gists: readonly Gist[]): readonly Listing[] => [
  ...lined(
    'By actor',
    countedBy(gists, ({ actor }) => actor ?? 'unknown'),
  ),
  ...lined(
    'By control',
    countedBy(gists, ({ control }) => control),
  ),
  ...lined(
    'By account',
    countedBy(gists, ({ account, region }) => `${account}, ${region}`),
  ),
  ...lined(gists.length > WORST ? `The ${WORST} worst` : 'Each', gists.toSorted(byNeed).slice(0, WORST).map(gistText)),
];
