import type { OutcomeStatus } from '../../domain/decision.ts';
import { SEVERITIES } from '../../domain/finding.ts';
import type { Listing } from '../../domain/message.ts';
import {
  callsPeople,
  type DigestEntry,
  type Tally,
  type TallyItem,
  type TallyLine,
  type TallyStatus,
} from '../../domain/notification.ts';
import { textListing } from './text.ts';

const STANDING_TITLES = {
  closing: 'To be closed, or held until somebody says so',
  open: 'Open, and told or asked',
  observed: 'Only observed: this is what would be closed or told',
} as const satisfies Record<TallyStatus, string>;

const STANDING_ORDER = ['closing', 'open', 'observed'] as const satisfies readonly TallyStatus[];

/** `1 group`, `2 groups` */
export function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function ownerText({ owner }: Pick<TallyLine, 'owner'>): string {
  return owner === undefined ? 'creator unknown' : owner;
}

function lineText(line: TallyLine): string {
  return `${line.control}, ${ownerText(line)}: ${countText(line.groups, 'group')}${line.rules > 0 ? `, ${countText(line.rules, 'rule')}` : ''}`;
}

function itemText(item: TallyItem): string {
  return `${item.severity}: ${item.groupId} (${item.groupName}), ${item.region}: ${item.control}, ${ownerText(item)}`;
}

function bySize(a: TallyLine, b: TallyLine): number {
  return b.groups - a.groups || b.rules - a.rules;
}

function linesIn({ lines }: Tally, standing: TallyStatus): readonly TallyLine[] {
  return lines.filter((line) => line.standing === standing).toSorted(bySize);
}

function groupsIn(tally: Tally, standing: TallyStatus): number {
  return linesIn(tally, standing).reduce((sum, { groups }) => sum + groups, 0);
}

/** `Daily digest: 3 findings open, 12 only observed, in 480 groups` */
export function digestHeadline(tally: Tally): string {
  const open = groupsIn(tally, 'open') + groupsIn(tally, 'closing');
  return `Daily digest: ${countText(open, 'finding')} open, ${groupsIn(tally, 'observed')} only observed, in ${countText(tally.groups, 'group')}`;
}

/** Open and observed findings by control and owner, and the worst ones. */
export function digestListings(tally: Tally): readonly Listing[] {
  return [
    ...STANDING_ORDER.flatMap((standing) =>
      textListing(STANDING_TITLES[standing], linesIn(tally, standing).map(lineText)),
    ),
    ...textListing('The worst', tally.worst.map(itemText)),
  ];
}

const MAX_WORST = 10;

const STATUS_TEXTS = {
  done: 'closed',
  reported: 'open, only told',
  pending: 'waiting for approval',
  held: 'not closed, the budget is spent',
  failed: 'NOT CLOSED',
} as const satisfies Record<OutcomeStatus, string>;

/** Statuses, the most urgent first. */
const STATUS_ORDER = ['failed', 'held', 'pending', 'reported', 'done'] as const satisfies readonly OutcomeStatus[];

function statusCounts(gists: readonly DigestEntry[]): string {
  return STATUS_ORDER.flatMap((status) => {
    const count = gists.filter((gist) => gist.status === status).length;
    return count === 0 ? [] : [`${count} ${STATUS_TEXTS[status]}`];
  }).join('; ');
}

/** `990 outcomes in one message: 3 NOT CLOSED; 987 closed` */
export function burstHeadline(gists: readonly DigestEntry[]): string {
  return `${countText(gists.length, 'outcome')} in one message: ${statusCounts(gists)}`;
}

/** Number and statuses of the outcomes for each key, the largest number first. */
function countsBy(gists: readonly DigestEntry[], keyOf: (gist: DigestEntry) => string): readonly string[] {
  return [...Map.groupBy(gists, keyOf)]
    .toSorted(([a, some], [b, others]) => others.length - some.length || (a < b ? -1 : 1))
    .map(([word, some]) => `${word}: ${some.length} (${statusCounts(some)})`);
}

/** Outcomes that need a person come first. Otherwise ten closed openings could hide them. */
function byUrgency(a: DigestEntry, b: DigestEntry): number {
  return (
    Number(callsPeople(b)) - Number(callsPeople(a)) ||
    SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
    STATUS_ORDER.indexOf(a.status) - STATUS_ORDER.indexOf(b.status) ||
    b.rules - a.rules ||
    a.at - b.at
  );
}

function entryText({
  severity,
  status,
  groupId,
  groupName,
  region,
  control,
  rules,
  actor,
  remediationId,
}: DigestEntry): string {
  return `${severity}: ${groupId} (${groupName}), ${region}: ${control}, ${countText(rules, 'rule')} ${STATUS_TEXTS[status]}, by ${actor ?? 'unknown'}, ${remediationId}`;
}

/** Counts by actor, control and account, and the ten most urgent outcomes. */
export function burstListings(gists: readonly DigestEntry[]): readonly Listing[] {
  return [
    ...textListing(
      'By actor',
      countsBy(gists, ({ actor }) => actor ?? 'unknown'),
    ),
    ...textListing(
      'By control',
      countsBy(gists, ({ control }) => control),
    ),
    ...textListing(
      'By account',
      countsBy(gists, ({ account, region }) => `${account}, ${region}`),
    ),
    ...textListing(
      gists.length > MAX_WORST ? `The ${MAX_WORST} worst` : 'Each',
      gists.toSorted(byUrgency).slice(0, MAX_WORST).map(entryText),
    ),
  ];
}
